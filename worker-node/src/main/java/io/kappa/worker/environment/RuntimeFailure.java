package io.kappa.worker.environment;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.kappa.worker.runtimeapi.ReportedError;
import io.kappa.worker.sandbox.Sandbox.Exit;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.util.Locale;

/** Why a runtime could not go on, and what the caller of the invocation is told, byte for byte as Lambda writes it. */
sealed interface RuntimeFailure {

    /** As the platform's log names it. */
    String errorType();

    Buffer payload(String requestId);

    /** The runtime has said so itself. */
    record Reported(ReportedError error) implements RuntimeFailure {
        @Override
        public String errorType() {
            return error.type();
        }

        @Override
        public Buffer payload(String requestId) {
            return error.payload();
        }
    }

    /** The process has ended while it was needed. */
    record Exited(Exit exit) implements RuntimeFailure {
        @Override
        public String errorType() {
            return exit.outOfMemory() ? "Runtime.OutOfMemory" : "Runtime.ExitError";
        }

        @Override
        public Buffer payload(String requestId) {
            return error("Runtime.ExitError", requestId, "Runtime exited " + reason());
        }

        private String reason() {
            if (exit.outOfMemory()) {
                return "with error: signal: killed";
            }
            if (exit.signal() != 0) {
                return "with error: signal: " + signalName(exit.signal());
            }
            return exit.code() == 0 ? "without providing a reason" : "with error: exit status " + exit.code();
        }
    }

    /** There is nothing that could be started. */
    record NoEntrypoint(String reason) implements RuntimeFailure {

        /** In the words of the system call, as far as the machine has told them. */
        static NoEntrypoint notStarted(String executable, IOException cause) {
            var message = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
            var reason = message.contains("permission denied")
                    ? "permission denied"
                    : message.contains("exec format error") ? "exec format error" : "no such file or directory";
            return new NoEntrypoint("fork/exec " + executable + ": " + reason);
        }

        @Override
        public String errorType() {
            return "Runtime.InvalidEntrypoint";
        }

        @Override
        public Buffer payload(String requestId) {
            return error(errorType(), requestId, reason);
        }
    }

    /** What is started cannot be in the directory that it is to be started in. */
    record InvalidWorkingDirectory(String reason) implements RuntimeFailure {
        @Override
        public String errorType() {
            return "Runtime.InvalidWorkingDir";
        }

        @Override
        public Buffer payload(String requestId) {
            return error(errorType(), requestId, reason);
        }
    }

    /** An extension has failed, and the environment with it. */
    record Extension(String errorType, String reason) implements RuntimeFailure {
        static Extension exited(Exit exit) {
            return new Extension(
                    "Extension.Crash",
                    exit.signal() == 0 ? "exit status " + exit.code() : "signal: " + signalName(exit.signal()));
        }

        static Extension notLaunched(String path, IOException cause) {
            return new Extension(
                    "Extension.LaunchError",
                    NoEntrypoint.notStarted(path, cause).reason());
        }

        static Extension notFound(String path) {
            return notLaunched(path, new IOException());
        }

        @Override
        public Buffer payload(String requestId) {
            return error(errorType, requestId, reason);
        }
    }

    /** Took longer than it may. */
    record TimedOut(int timeoutSeconds) implements RuntimeFailure {
        @Override
        public String errorType() {
            return "Sandbox.Timedout";
        }

        @Override
        public Buffer payload(String requestId) {
            return error(errorType(), requestId, "Task timed out after " + timeoutSeconds + ".00 seconds");
        }
    }

    /** The payload for a response over the limit. The runtime itself goes on. */
    static Buffer responseTooLarge(int most) {
        return Buffer.buffer("{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size (" + most
                + " bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}");
    }

    private static Buffer error(String type, String requestId, String reason) {
        var text = JsonStringEncoder.getInstance().quoteAsString("RequestId: " + requestId + " Error: " + reason);
        return Buffer.buffer("{\"errorType\":\"" + type + "\",\"errorMessage\":\"" + new String(text) + "\"}");
    }

    /** Signals as Go, in which Lambda's own supervisor is written, spells them on Linux. */
    private static String signalName(int signal) {
        return switch (signal) {
            case 1 -> "hangup";
            case 2 -> "interrupt";
            case 3 -> "quit";
            case 4 -> "illegal instruction";
            case 5 -> "trace/breakpoint trap";
            case 6 -> "aborted";
            case 7 -> "bus error";
            case 8 -> "floating point exception";
            case 9 -> "killed";
            case 10 -> "user defined signal 1";
            case 11 -> "segmentation fault";
            case 12 -> "user defined signal 2";
            case 13 -> "broken pipe";
            case 14 -> "alarm clock";
            case 15 -> "terminated";
            default -> String.format(Locale.ROOT, "signal %d", signal);
        };
    }
}
