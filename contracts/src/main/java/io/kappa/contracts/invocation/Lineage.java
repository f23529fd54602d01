package io.kappa.contracts.invocation;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How often each function has run in one chain of invocations. It travels as the part {@code Lineage=1:HASH:N|HASH:N} of
 * {@code X-Amzn-Trace-Id}, where a function that has run once stands as {@code HASH:0}. SDKs inside functions send the header on with their
 * calls, and what Kappa sends on by itself carries it too, so that a function that leads back to itself is found out. The older form, without
 * the {@code 1:}, is understood.
 *
 * <p>A header that cannot be understood begins a new chain. Source: the reference's page on invocation, §10.
 */
public final class Lineage {
    /** Runs of one function in one chain; the next is refused unless the function allows loops. */
    public static final int MOST_RUNS = 16;

    /** Functions that are remembered; beyond them, those that have run least are forgotten. Keeps the header short. */
    private static final int MOST_FUNCTIONS = 32;

    private static final String PART = "Lineage=";
    private static final String FORM = "1:";
    private static final int MOST_DIGITS = 4;

    /**
     * Stands for a function in a lineage.
     *
     * @param unqualifiedArn the same for all versions and aliases
     */
    public static int hash(String unqualifiedArn) {
        return unqualifiedArn.hashCode();
    }

    /**
     * How often a function has run in the chain.
     *
     * @param trace a value of {@code X-Amzn-Trace-Id}, or null
     * @param function by {@link #hash}
     */
    public static int runs(@Nullable String trace, int function) {
        return trace == null ? 0 : read(trace).getOrDefault(function, 0);
    }

    /** Whether the function has run so often in the chain that its next run is refused. */
    public static boolean isExhausted(@Nullable String trace, int function) {
        return runs(trace, function) >= MOST_RUNS;
    }

    /** The trace with one more run of the function. */
    public static String entered(String trace, int function) {
        var runs = read(trace);
        runs.merge(function, 1, Lineage::sum);
        return with(trace, runs);
    }

    /** The trace as one that begins a new chain. */
    public static String forgotten(String trace) {
        return with(trace, Map.of());
    }

    /**
     * The trace of a call that follows from several: the first of them, with the runs of each function in that chain in which it has run most
     * often. Null where there are none.
     */
    public static @Nullable String merged(Collection<String> traces) {
        var all = new LinkedHashMap<Integer, Integer>();
        traces.forEach(trace -> read(trace).forEach((function, runs) -> all.merge(function, runs, Math::max)));
        return traces.stream().findFirst().map(first -> with(first, all)).orElse(null);
    }

    private static int sum(int runs, int more) {
        return Math.min(runs + more, 9999); // What a header can hold.
    }

    private static Map<Integer, Integer> read(String trace) {
        var runs = new LinkedHashMap<Integer, Integer>();
        int begin = begin(trace);
        if (begin < 0) {
            return runs;
        }
        var text = trace.substring(begin + PART.length(), end(trace, begin));
        for (var entry : (text.startsWith(FORM) ? text.substring(FORM.length()) : text).split("\\|", -1)) {
            int colon = entry.indexOf(':');
            if (colon <= 0
                    || colon > 8
                    || entry.length() - colon - 1 > MOST_DIGITS
                    || !entry.substring(colon + 1).chars().allMatch(digit -> digit >= '0' && digit <= '9')) {
                return new LinkedHashMap<>();
            }
            try {
                runs.put(
                        Integer.parseUnsignedInt(entry.substring(0, colon), 16),
                        sum(Integer.parseInt(entry.substring(colon + 1)), 1));
            } catch (NumberFormatException e) {
                return new LinkedHashMap<>();
            }
        }
        return runs;
    }

    private static String with(String trace, Map<Integer, Integer> runs) {
        int begin = begin(trace);
        var header = new StringBuilder(trace.length() + 32);
        if (begin < 0) {
            header.append(trace);
        } else {
            int end = end(trace, begin);
            header.append(trace, 0, Math.max(0, begin - 1)); // With the semicolon before it.
            header.append(trace, begin == 0 ? Math.min(end + 1, trace.length()) : end, trace.length());
        }
        if (runs.isEmpty()) {
            return header.toString();
        }
        header.append(header.isEmpty() ? PART : ";" + PART);
        var separator = FORM;
        for (var entry : kept(runs).entrySet()) {
            header.append(separator);
            separator = "|";
            hex(header, entry.getKey());
            header.append(':').append(entry.getValue() - 1);
        }
        return header.toString();
    }

    private static Map<Integer, Integer> kept(Map<Integer, Integer> runs) {
        if (runs.size() <= MOST_FUNCTIONS) {
            return runs;
        }
        var kept = new LinkedHashMap<Integer, Integer>();
        runs.entrySet().stream()
                .sorted(Map.Entry.<Integer, Integer>comparingByValue().reversed())
                .limit(MOST_FUNCTIONS)
                .forEach(entry -> kept.put(entry.getKey(), entry.getValue()));
        return kept;
    }

    private static int begin(String trace) {
        if (trace.startsWith(PART)) {
            return 0;
        }
        int separator = trace.indexOf(";" + PART);
        return separator < 0 ? -1 : separator + 1;
    }

    private static int end(String trace, int begin) {
        int end = trace.indexOf(';', begin);
        return end < 0 ? trace.length() : end;
    }

    private static void hex(StringBuilder header, int value) {
        var digits = Integer.toHexString(value);
        header.repeat('0', 8 - digits.length()).append(digits);
    }

    private Lineage() {}
}
