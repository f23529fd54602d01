package io.kappa.worker.environment;

import io.kappa.worker.runtimeapi.InvocationEvent;
import io.kappa.worker.runtimeapi.RuntimeApi;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Runtime API that nobody calls: the test tells the listener itself what a runtime would have said. */
final class FakeRuntimeApi implements RuntimeApi {
    final List<InvocationEvent> given = new ArrayList<>();
    int expected;
    boolean forgotten;
    boolean closed;

    @Nullable
    Beside beside;

    @Override
    public String address() {
        return "127.0.0.1:9001";
    }

    @Override
    public void serveBeside(Beside others) {
        beside = others;
    }

    @Override
    public void expectRuntime() {
        expected++;
        forgotten = false;
    }

    @Override
    public void forgetRuntime() {
        forgotten = true;
    }

    @Override
    public void give(InvocationEvent event) {
        given.add(event);
    }

    @Override
    public void close() {
        closed = true;
    }
}
