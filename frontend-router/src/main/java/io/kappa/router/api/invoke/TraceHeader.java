package io.kappa.router.api.invoke;

import io.kappa.contracts.invocation.Lineage;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * {@code X-Amzn-Trace-Id}: {@code Root=1-8hex-24hex;Parent=16hex;Sampled=0;Lineage=1:8hex:0}. What a caller sends goes on as it is, with
 * the parts added that a function may rely on; without one, a trace begins here. Random, not secret.
 */
public final class TraceHeader {
    private static final int LONGEST = 1024;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /**
     * The trace to hand to the function and back to the caller, in which the function has run once more.
     *
     * @param given what the caller sent, or null
     * @param function that runs, by {@link Lineage#hash}
     */
    public static String ofRun(@Nullable String given, int function, long nowSeconds) {
        return Lineage.entered(ofEvent(given, nowSeconds), function);
    }

    /** The trace of an event that will run later, perhaps more than once: each run tells of itself. */
    public static String ofEvent(@Nullable String given, long nowSeconds) {
        var header = new StringBuilder(120);
        if (given == null || !isUsable(given)) {
            root(header, nowSeconds);
            parent(header);
            header.append(";Sampled=0");
            return header.toString();
        }
        header.append(given);
        if (!given.contains("Parent=")) {
            parent(header);
        }
        if (!given.contains("Sampled=")) {
            header.append(";Sampled=0");
        }
        return header.toString();
    }

    /** Has a root, and nothing that would not pass through another header. */
    private static boolean isUsable(String given) {
        if (given.length() > LONGEST || !given.contains("Root=")) {
            return false;
        }
        for (int i = 0; i < given.length(); i++) {
            if (given.charAt(i) < ' ' || given.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static void root(StringBuilder header, long nowSeconds) {
        var random = ThreadLocalRandom.current();
        header.append("Root=1-");
        hex(header, nowSeconds, 8);
        header.append('-');
        hex(header, random.nextLong(), 16);
        hex(header, random.nextLong(), 8);
    }

    private static void parent(StringBuilder header) {
        header.append(";Parent=");
        hex(header, ThreadLocalRandom.current().nextLong(), 16);
    }

    private static void hex(StringBuilder header, long value, int digits) {
        for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) {
            header.append(HEX[(int) (value >>> shift) & 0xf]);
        }
    }

    private TraceHeader() {}
}
