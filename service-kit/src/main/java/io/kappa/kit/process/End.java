package io.kappa.kit.process;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** When the process is to end, and whether because something went wrong. The first reason counts. */
public final class End {
    private static final int KILLED_BY_INTERRUPT = 128 + 2;

    private final CompletableFuture<Optional<String>> problem = new CompletableFuture<>();

    /** Ctrl-C and SIGTERM ask for the end; whoever presses Ctrl-C again does not want to wait for it. */
    public void comeWithSignals() {
        onSignal("TERM", this::asked);
        onSignal("INT", () -> {
            if (hasCome()) {
                Runtime.getRuntime().halt(KILLED_BY_INTERRUPT);
            }
            asked();
        });
    }

    public void asked() {
        problem.complete(Optional.empty());
    }

    public void failed(String what) {
        problem.complete(Optional.of(what));
    }

    public boolean hasCome() {
        return problem.isDone();
    }

    /** Waits for the end. Answers what went wrong, if anything did. */
    public Optional<String> await() {
        return problem.join();
    }

    /**
     * Handles a signal. By reflection, because the compiler warns of {@code sun.misc.Signal} in a way that cannot be switched off, and a
     * shutdown hook is no substitute: the process would end with 143 after SIGTERM, and could not tell one Ctrl-C from two.
     */
    private static void onSignal(String name, Runnable handler) {
        try {
            var signal = Class.forName("sun.misc.Signal");
            var handlerType = Class.forName("sun.misc.SignalHandler");
            InvocationHandler invocation = (_, _, _) -> {
                handler.run(); // Nobody calls anything but handle on it.
                return null;
            };
            var proxy = Proxy.newProxyInstance(End.class.getClassLoader(), new Class<?>[] {handlerType}, invocation);
            signal.getMethod("handle", signal, handlerType)
                    .invoke(null, signal.getConstructor(String.class).newInstance(name), proxy);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("SIG" + name + " cannot be handled on this Java", e);
        }
    }
}
