package io.kappa.worker.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where one execution environment's processes run. Runs one runtime process at a time; starting another after a reset keeps the files
 * under {@code /tmp}. Calls come one at a time, but from any thread; none of them blocks for longer than a system call but
 * {@link #start}, {@link #assign} and {@link #close}.
 */
public interface Sandbox extends AutoCloseable {

    /** Where the processes inside see things. */
    Layout layout();

    /**
     * Paths as the processes inside see them.
     *
     * @param taskRoot the function's code: {@code /var/task} where the sandbox can mount
     * @param runtimeRoot the runtime clients: {@code /var/runtime} where the sandbox can mount
     * @param tmp the only writable directory: {@code /tmp} where the sandbox can mount
     * @param layers the files of the function's layers: {@code /opt} where the sandbox can mount, or where there are none
     */
    record Layout(String taskRoot, String runtimeRoot, String tmp, String layers) {
        /** Where functions look for the files of their layers. */
        public static final String LAYERS = "/opt";
    }

    /**
     * Starts the runtime process, with CPU unthrottled until {@link #throttle}.
     *
     * @param output is given what the process and its children print, in order
     * @return how the process ended, once it has, all of its descendants have been killed, and all output has been handed over. A
     *     command that a container finds it cannot run ends with 126 or 127.
     * @throws IOException where it cannot be started
     */
    CompletionStage<Exit> start(List<String> command, Map<String, String> environment, Output output)
            throws IOException;

    /**
     * Starts a process beside the runtime process, which is started after all of these. From then on the end of the runtime is not theirs:
     * only {@link #kill} and {@link #close} end everything. Waits for what an earlier {@link #kill} has ended.
     *
     * @param output is given what the process and its children print, in order
     * @throws IOException where it cannot be started
     */
    default Companion startBeside(List<String> command, Map<String, String> environment, Output output)
            throws IOException {
        throw new UnsupportedOperationException("no further processes in this kind of sandbox");
    }

    /** A process beside the runtime process. */
    interface Companion {

        /** How it ended, once it has and all its output has been handed over. */
        CompletionStage<Exit> ended();

        /** Kills it alone. Does nothing once it has ended. */
        void kill();
    }

    /** Address by which this machine reaches what listens inside, at {@code sandbox.localdomain} or everywhere. */
    default String listenerHost() {
        return "127.0.0.1";
    }

    /** Where processes inside that were restored find what has changed: variables, each ended by a zero byte. */
    String RESTORED = "/var/kappa/restored";

    /**
     * Writes down everything that runs inside, as it is at that moment, and ends it; its {@link Exit} follows. Takes its time.
     *
     * @param directory to be made for it
     * @throws IOException where something of it cannot be written down; the sandbox is then only to be closed
     */
    default SandboxImage checkpoint(Path directory) throws IOException {
        throw new UnsupportedOperationException("no snapshots of this kind of sandbox");
    }

    /**
     * Like {@link #start}: makes what the sandbox's image holds run on.
     *
     * @param changed variables that are no longer what they were
     * @throws IOException where it cannot be restored; the sandbox can still start something
     */
    default CompletionStage<Exit> restore(Map<String, String> changed, Output output) throws IOException {
        throw new UnsupportedOperationException("no snapshots of this kind of sandbox");
    }

    /**
     * Gives a sandbox that was made by {@link Sandboxes#park} to a function, once and for good: its code is seen at the task root of the
     * {@linkplain #layout layout}, which is another from here on where the sandbox cannot mount, and its memory is the limit. What runs
     * inside keeps running, still with CPU unthrottled.
     *
     * @param code the unpacked deployment package on this machine
     * @param layers the files of its layers on this machine; null where it has none, as always where {@link Sandboxes#assignsLayers} says no
     * @param memoryMegabytes limit of all processes together; CPU follows it
     * @throws IOException where that fails; the sandbox is good for nothing then, and only to be closed
     */
    void assign(Path code, @Nullable Path layers, int memoryMegabytes) throws IOException;

    /**
     * Bytes that processes inside have printed. Called by one thread at a time: the one that reads all output, or one that drains it.
     * Must not block. The array is the callee's.
     */
    @FunctionalInterface
    interface Output {
        void print(byte[] bytes);
    }

    /**
     * How a runtime process ended.
     *
     * @param code exit status, or 0 where a signal ended it
     * @param signal number of the signal that ended it, or 0
     * @param outOfMemory whether it was killed for exceeding the memory limit
     */
    record Exit(int code, int signal, boolean outOfMemory) {}

    /** Hands everything printed until now to {@link Output} before it returns. */
    void drainOutput();

    /** From here on the CPU share follows the memory. */
    void throttle();

    /** Takes the CPU from all processes inside, until {@link #thaw}. */
    void freeze();

    void thaw();

    /** Kills all processes inside; {@link Exit} follows. Does nothing where none runs. */
    void kill();

    /** Kills the runtime process, and no companion of it. */
    default void killRuntime() {
        kill();
    }

    /** Sends SIGTERM to the runtime process, thawed first. Does nothing where none runs. */
    void terminate();

    /** Most memory that the processes inside have used at once since the sandbox was made, in bytes; 0 where that is unknown. */
    long memoryPeakBytes();

    /** Kills what runs and removes everything that the sandbox had made. */
    @Override
    void close();
}
