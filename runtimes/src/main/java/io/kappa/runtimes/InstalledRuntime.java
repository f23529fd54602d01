package io.kappa.runtimes;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How functions with one runtime identifier are started on this machine.
 *
 * @param version what is installed, such as {@code python:3.11.7}; shown in the log at INIT_START
 * @param hostPaths directories that the interpreter needs to see at the same path, apart from {@code /usr}, {@code
 *     /lib*} and {@code /bin}
 * @param executionEnvironment value of {@code AWS_EXECUTION_ENV}, which the worker sets; empty where Lambda sets none
 * @param parking how it is started before it is known for which function; empty where it cannot be
 * @param restores whether it goes on where a snapshot of it is restored
 */
public record InstalledRuntime(
        String version,
        List<Path> hostPaths,
        String executionEnvironment,
        CommandLine commandLine,
        Optional<Parking> parking,
        boolean restores) {

    public InstalledRuntime {
        hostPaths = List.copyOf(hostPaths);
    }

    /** Forms the command that starts the runtime process. */
    @FunctionalInterface
    public interface CommandLine {
        /**
         * @param taskRoot where the process will see the function's code
         * @param runtimeRoot where the process will see {@link RuntimeCatalogue#directory}
         * @param layersRoot where the process will see the files of the function's layers
         * @param memoryMegabytes of the function, for runtimes that size themselves
         * @param handler of the function
         * @param environment of the function, in which the user may name a wrapper
         */
        Start start(
                String taskRoot,
                String runtimeRoot,
                String layersRoot,
                int memoryMegabytes,
                String handler,
                Map<String, String> environment);
    }

    /**
     * Starts a runtime that waits to be told which function it is for. It asks the Runtime API for its assignment: all
     * environment variables of a process, {@code NAME=VALUE}, each ended by a zero byte, from which it makes of itself what
     * {@link CommandLine} would have started.
     */
    public interface Parking {
        /**
         * What is parked by one such start can be assigned to any function for which the start would have been equal.
         *
         * @param taskRoot where the process will see the function's code once it is assigned
         * @param runtimeRoot where the process will see {@link RuntimeCatalogue#directory}
         * @param memoryMegabytes of the function, for runtimes that size themselves
         */
        Start start(String taskRoot, String runtimeRoot, int memoryMegabytes);

        /**
         * Whether an assignment does all that a start would.
         *
         * @param environment of the function: some variables act only while an interpreter starts
         */
        boolean allows(Map<String, String> environment);
    }

    /**
     * A command and the variables that belong to the runtime. The user's variables may override these, as on Lambda.
     *
     * @param command absolute executable and arguments
     * @param entrypoints executables, as the process will see them, of which the first that exists is the one to
     *     start; the command begins with the first. More than one only where the function brings its own: {@code
     *     Runtime.InvalidEntrypoint} lists them all if none exists.
     */
    public record Start(List<String> command, Map<String, String> environment, List<String> entrypoints) {
        public Start {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
            entrypoints = List.copyOf(entrypoints);
        }

        Start(List<String> command, Map<String, String> environment) {
            this(command, environment, command.subList(0, 1));
        }

        /** The same start with another of the {@link #entrypoints}. */
        public Start with(String entrypoint) {
            var changed = new ArrayList<>(command);
            changed.set(0, entrypoint);
            return new Start(changed, environment, entrypoints);
        }
    }
}
