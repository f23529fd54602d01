package io.kappa.worker.environment;

import io.kappa.worker.sandbox.Sandbox;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A sandbox whose processes do what the test says, and which remembers what it was asked. */
final class FakeSandbox implements Sandbox {
    static final Layout LAYOUT = new Layout("/var/task", "/var/runtime", "/tmp", "/opt");

    final List<String> asked = new ArrayList<>();
    final List<Map<String, String>> environments = new ArrayList<>();

    @Nullable
    IOException refusal;
    /** Printed by the process and not yet handed over. */
    String pending = "";

    private @Nullable CompletableFuture<Exit> process;
    private @Nullable Output output;

    @Override
    public Layout layout() {
        return LAYOUT;
    }

    @Override
    public CompletionStage<Exit> start(List<String> command, Map<String, String> environment, Output to)
            throws IOException {
        asked.add("start " + String.join(" ", command));
        if (refusal != null) {
            throw refusal;
        }
        if (runs()) {
            throw new IllegalStateException("one process at a time");
        }
        environments.add(environment);
        output = to;
        process = new CompletableFuture<>();
        return process;
    }

    @Override
    public void assign(Path code, @Nullable Path layers, int memoryMegabytes) {
        asked.add("assign " + code + " " + memoryMegabytes);
    }

    /** Why nothing can be restored; null where it can. */
    @Nullable
    IOException brokenImage;

    @Override
    public CompletionStage<Exit> restore(Map<String, String> changed, Output to) throws IOException {
        asked.add("restore " + changed);
        if (brokenImage != null) {
            throw brokenImage;
        }
        output = to;
        process = new CompletableFuture<>();
        return process;
    }

    /** Names of extensions that cannot be started, and why. */
    final Map<String, IOException> unstartable = new HashMap<>();
    /** Processes beside the runtime, by the path of their program; those that have ended as well. */
    final Map<String, CompletableFuture<Exit>> beside = new HashMap<>();

    final Map<String, Output> besideOutputs = new HashMap<>();

    @Override
    public Companion startBeside(List<String> command, Map<String, String> environment, Output to) throws IOException {
        var program = command.getFirst();
        asked.add("start beside " + program);
        if (unstartable.containsKey(program)) {
            throw unstartable.get(program);
        }
        environments.add(environment);
        var ended = new CompletableFuture<Exit>();
        beside.put(program, ended);
        besideOutputs.put(program, to);
        return new Companion() {
            @Override
            public CompletionStage<Exit> ended() {
                return ended;
            }

            @Override
            public void kill() {
                asked.add("kill " + program);
                ended.complete(new Exit(0, 9, false));
            }
        };
    }

    @Override
    public void killRuntime() {
        asked.add(beside.isEmpty() ? "kill" : "kill runtime");
        exit(new Exit(0, 9, false));
    }

    boolean runs() {
        return process != null && !process.isDone();
    }

    void print(String text) {
        if (output != null) {
            output.print(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    void exit(Exit exit) {
        if (process != null) {
            process.complete(exit);
        }
    }

    @Override
    public void drainOutput() {
        print(pending);
        pending = "";
    }

    @Override
    public void throttle() {
        asked.add("throttle");
    }

    @Override
    public void freeze() {
        asked.add("freeze");
    }

    @Override
    public void thaw() {
        asked.add("thaw");
    }

    /** The end follows at once; a real one takes its time, but comes over the event loop as well. */
    @Override
    public void kill() {
        asked.add("kill");
        exit(new Exit(0, 9, false));
        beside.values().forEach(ended -> ended.complete(new Exit(0, 9, false)));
    }

    @Override
    public void terminate() {
        asked.add("terminate");
    }

    @Override
    public long memoryPeakBytes() {
        return 36 * 1024 * 1024 - 5;
    }

    @Override
    public void close() {
        asked.add("close");
        exit(new Exit(0, 9, false));
    }
}
