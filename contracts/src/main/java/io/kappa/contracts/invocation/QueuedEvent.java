package io.kappa.contracts.invocation;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kappa.contracts.deadletter.RedriveReference;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An accepted event: one record of {@code invocations.queued} or {@code invocations.forwarded}. Whoever may write there may queue an event
 * without HTTP:
 *
 * <table>
 *   <caption>The record</caption>
 *   <tr><td>key</td><td>the request id, a UUID in text; may be absent, and is then derived from the record's position</td></tr>
 *   <tr><td>value</td><td>the payload: one JSON value, at most {@link #LONGEST_PAYLOAD} bytes; absent or empty counts as {@code {}}</td></tr>
 *   <tr><td>timestamp</td><td>when it was accepted; its age counts from there</td></tr>
 *   <tr><td>{@link #FUNCTION}</td><td>ARN of the function, with or without a qualifier; required</td></tr>
 *   <tr><td>{@link #TRACE_ID}</td><td>{@code X-Amzn-Trace-Id} for the function; optional</td></tr>
 *   <tr><td>{@link #CLIENT_CONTEXT}</td><td>JSON object in ASCII for the function's context; optional</td></tr>
 *   <tr><td>{@link #REDRIVE}</td><td>which redrive sent it; set by the dead-letter service alone</td></tr>
 *   <tr><td>{@link #FORMAT}</td><td>{@code 1}; optional</td></tr>
 * </table>
 *
 * @param target with the qualifier as it was given
 */
public record QueuedEvent(
        InvocationTarget target,
        @Nullable String traceId,
        @Nullable String clientContext,
        @Nullable RedriveReference redrive) {
    public static final String FUNCTION = "kappa-function";
    public static final String TRACE_ID = "kappa-trace-id";
    public static final String CLIENT_CONTEXT = "kappa-client-context";
    public static final String REDRIVE = "kappa-redrive";
    public static final String FORMAT = "kappa-v";

    /** In bytes: Lambda's limit for asynchronous invocations. */
    public static final int LONGEST_PAYLOAD = 1_048_576;

    private static final String CURRENT_FORMAT = "1";
    private static final int LONGEST_HEADER = 8 * 1024;

    /** An event for a target, with nothing beside it. */
    public QueuedEvent(InvocationTarget target) {
        this(target, null, null, null);
    }

    /** The headers of the record. */
    public Map<String, byte[]> headers() {
        var headers = new LinkedHashMap<String, byte[]>();
        headers.put(FORMAT, CURRENT_FORMAT.getBytes(UTF_8));
        headers.put(FUNCTION, target.toString().getBytes(UTF_8));
        putIfSet(headers, TRACE_ID, traceId);
        putIfSet(headers, CLIENT_CONTEXT, clientContext);
        putIfSet(headers, REDRIVE, redrive == null ? null : redrive.toString());
        return headers;
    }

    private static void putIfSet(Map<String, byte[]> headers, String name, @Nullable String value) {
        if (value != null) {
            headers.put(name, value.getBytes(UTF_8));
        }
    }

    /** @throws MalformedEventException where a required header is missing, or one is not what it should be */
    public static QueuedEvent read(Map<String, byte[]> headers) throws MalformedEventException {
        var format = text(headers, FORMAT);
        if (format != null && !format.equals(CURRENT_FORMAT)) {
            throw new MalformedEventException("header " + FORMAT + " names a format that is not known: " + format);
        }
        var function = text(headers, FUNCTION);
        if (function == null) {
            throw new MalformedEventException("header " + FUNCTION + " is missing");
        }
        return new QueuedEvent(
                target(function),
                ascii(headers, TRACE_ID),
                ascii(headers, CLIENT_CONTEXT),
                redrive(text(headers, REDRIVE)));
    }

    private static InvocationTarget target(String function) throws MalformedEventException {
        try {
            return InvocationTarget.parse(function);
        } catch (IllegalArgumentException e) {
            throw new MalformedEventException(
                    "header " + FUNCTION + " is not the ARN of a function: " + e.getMessage());
        }
    }

    private static @Nullable RedriveReference redrive(@Nullable String text) throws MalformedEventException {
        try {
            return text == null ? null : RedriveReference.parse(text);
        } catch (IllegalArgumentException e) {
            throw new MalformedEventException("header " + REDRIVE + " is not a reference to a redrive");
        }
    }

    /** What goes on as a header of HTTP must pass through one. */
    private static @Nullable String ascii(Map<String, byte[]> headers, String name) throws MalformedEventException {
        var text = text(headers, name);
        if (text != null && !text.chars().allMatch(letter -> letter >= ' ' && letter <= '~')) {
            throw new MalformedEventException("header " + name + " has characters other than printable ASCII");
        }
        return text;
    }

    private static @Nullable String text(Map<String, byte[]> headers, String name) throws MalformedEventException {
        var value = headers.get(name);
        if (value != null && value.length > LONGEST_HEADER) {
            throw new MalformedEventException("header " + name + " is longer than " + LONGEST_HEADER + " bytes");
        }
        return value == null ? null : new String(value, UTF_8);
    }
}
