package io.kappa.worker.environment;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How many runtimes of each kind are worth to be kept parked. Of a kind that was wanted lately: as many as were wanted while one is being
 * made, because these are used up before the first is replaced; at least one. Of a kind that some function has and that nobody
 * wanted lately: one. All within the memory: first one of each kind, those wanted last before others, then further ones in turn.
 *
 * <p>Time comes in as an argument, in nanoseconds. Guarded by its owner.
 *
 * @param <K> kinds
 */
final class WarmPolicy<K> {
    /** How long a burst is remembered. */
    private static final long RECENT = TimeUnit.MINUTES.toNanos(10);

    /** While cold starts follow one another none is made. */
    private static final long BURST = TimeUnit.SECONDS.toNanos(1);

    private static final int MOST_REMEMBERED = 1000;
    private static final long FIRST_GUESS_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private static final int FIRST_GUESS_MEGABYTES = 64;
    private static final Duration SHORTEST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private final WarmSettings settings;
    private final Map<K, Kind> kinds = new HashMap<>();

    private static final class Kind {
        final Deque<Long> wanted = new ArrayDeque<>();
        boolean everWanted;
        long lastWanted;
        boolean expected;
        long makingNanos = FIRST_GUESS_NANOS;
        int megabytes = FIRST_GUESS_MEGABYTES;
        int failures;
        long retryAt;

        /** Most that were wanted lately within the time in which one is made, or in which none is because a burst goes on. */
        int burst(long now) {
            while (!wanted.isEmpty() && now - wanted.getFirst() > RECENT) {
                wanted.removeFirst();
            }
            var window = new ArrayDeque<Long>();
            int most = 0;
            for (long at : wanted) {
                window.addLast(at);
                while (at - window.getFirst() > Math.max(makingNanos, BURST)) {
                    window.removeFirst();
                }
                most = Math.max(most, window.size());
            }
            return most;
        }
    }

    WarmPolicy(WarmSettings settings) {
        this.settings = settings;
    }

    private Kind kind(K key) {
        return kinds.computeIfAbsent(key, _ -> new Kind());
    }

    /** There is a function that could use one some day. */
    void expect(K key) {
        kind(key).expected = true;
    }

    /** No function that exists can be expected to use one. */
    void expectNone() {
        kinds.values().forEach(kind -> kind.expected = false);
    }

    /** A cold start could use one now, whether there is one or not. */
    void wanted(K key, long now) {
        var kind = kind(key);
        kind.everWanted = true;
        kind.lastWanted = now;
        kind.wanted.addLast(now);
        if (kind.wanted.size() > MOST_REMEMBERED) {
            kind.wanted.removeFirst();
        }
    }

    /** One was made. Where its memory is not known, 0, the guess stays. */
    void made(K key, long nanos, int megabytes) {
        var kind = kind(key);
        kind.makingNanos = (kind.makingNanos + nanos) / 2;
        if (megabytes > 0) {
            kind.megabytes = megabytes;
        }
        kind.failures = 0;
    }

    /** One could not be made, or has ended by itself: the next is made only after a pause, which doubles from time to time. */
    void lost(K key, long now) {
        var kind = kind(key);
        long pause = Math.min(LONGEST_PAUSE.toNanos(), SHORTEST_PAUSE.toNanos() << Math.min(kind.failures, 20));
        kind.failures++;
        kind.retryAt = now + pause;
    }

    /** Whether another may be made already. */
    boolean mayMake(K key, long now) {
        var kind = kind(key);
        return kind.failures == 0 || now - kind.retryAt >= 0;
    }

    /** How many to keep of each kind, those first that are worth most. Kinds of which none is worth it are forgotten. */
    Map<K, Integer> targets(long now) {
        kinds.values().removeIf(kind -> worth(kind, now) == 0);
        var byUse = kinds.entrySet().stream()
                .sorted(Comparator.comparing((Map.Entry<K, Kind> entry) -> !lately(entry.getValue(), now))
                        .thenComparing(Comparator.comparingLong(
                                        (Map.Entry<K, Kind> entry) -> entry.getValue().lastWanted - now)
                                .reversed()))
                .toList();
        return share(byUse, now);
    }

    private Map<K, Integer> share(List<Map.Entry<K, Kind>> byUse, long now) {
        var targets = new LinkedHashMap<K, Integer>();
        int left = settings.memoryMegabytes();
        boolean more = true;
        for (int round = 1; more; round++) {
            more = false;
            for (var entry : byUse) {
                var kind = entry.getValue();
                if (worth(kind, now) >= round
                        && targets.getOrDefault(entry.getKey(), 0) == round - 1
                        && kind.megabytes <= left) {
                    targets.put(entry.getKey(), round);
                    left -= kind.megabytes;
                    more = true;
                }
            }
        }
        return targets;
    }

    private int worth(Kind kind, long now) {
        if (lately(kind, now)) {
            return Math.max(1, kind.burst(now));
        }
        return kind.expected ? 1 : 0;
    }

    private boolean lately(Kind kind, long now) {
        return kind.everWanted && now - kind.lastWanted <= settings.keep().toNanos();
    }
}
