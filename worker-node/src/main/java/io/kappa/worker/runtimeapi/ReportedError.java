package io.kappa.worker.runtimeapi;

import io.vertx.core.buffer.Buffer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An error that a runtime has told the platform of.
 *
 * @param type as the platform records it: {@code Runtime.Reason} or {@code Function.Reason}
 * @param payload what the caller gets, byte for byte
 */
public record ReportedError(String type, Buffer payload) {
    /** A response that was handed on while it came in, and ended before its end. */
    static final ReportedError TRUNCATED = new ReportedError(
            "Runtime.TruncatedResponse",
            Buffer.buffer(
                    "{\"errorType\":\"Runtime.TruncatedResponse\",\"errorMessage\":\"The runtime did not send its response to the end\"}"));

    private static final Pattern ACCEPTED = Pattern.compile("(Runtime|Function)\\.[A-Z][a-zA-Z]+");

    /** Takes the type from the runtime's header where it is well formed, and is as near to it as it can be otherwise. */
    static ReportedError of(@Nullable String typeHeader, Buffer payload) {
        return new ReportedError(recorded(typeHeader), payload);
    }

    private static String recorded(@Nullable String type) {
        if (type == null) {
            return "Function.Unknown";
        }
        if (ACCEPTED.matcher(type).matches()) {
            return type;
        }
        return type.startsWith("Runtime.") ? "Runtime.Unknown" : "Function.Unknown";
    }
}
