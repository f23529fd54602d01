package io.kappa.runtimes;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * How a function with one runtime identifier is started on this machine.
 *
 * @param version what is installed, such as {@code python:3.11.7}; shown in the log at INIT_START
 * @param hostPaths directories that the interpreter needs to see at the same path, apart from {@code /usr}, {@code /lib*} and {@code /bin}
 * @param executionEnvironment value of {@code AWS_EXECUTION_ENV}; empty where Lambda sets none
 */
public record InstalledRuntime(
        String version, List<Path> hostPaths, String executionEnvironment, CommandLine commandLine) {

    public InstalledRuntime {
        hostPaths = List.copyOf(hostPaths);
    }

    /** Forms the command that starts the runtime process. */
    @FunctionalInterface
    public interface CommandLine {
        /**
         * @param taskRoot where the process will see the function's code
         * @param runtimeRoot where the process will see the unpacked runtime clients
         * @param memoryMegabytes of the function, for runtimes that size themselves
         */
        Start start(String taskRoot, String runtimeRoot, int memoryMegabytes);
    }

    /**
     * A command and the variables that belong to the runtime. The user's variables may override these, as on Lambda.
     *
     * @param command absolute executable and arguments
     */
    public record Start(List<String> command, Map<String, String> environment) {
        public Start {
            command = List.copyOf(command);
            environment = Map.copyOf(environment);
        }
    }
}
