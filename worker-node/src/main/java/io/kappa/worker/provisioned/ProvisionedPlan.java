package io.kappa.worker.provisioned;

import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedProblem;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.zip.CRC32C;

/**
 * Which worker keeps how many environments of what. All workers compute it from the registry and {@code workers.status}, each for itself;
 * those that have read the same come to the same, in whatever order they have read it. Nobody has to be asked, and nobody has to be elected.
 *
 * <p>For each deployment every worker has <b>marks</b> on a line, at equal distances that are shorter the more memory it has, and the first of
 * them at a place that a hash of both names says:
 *
 * <pre>
 * worker a, 2 GB   ──a─────a─────a─────a─────a──▶
 * worker b, 1 GB   ───────b───────────b─────────▶
 * worker c, 1 GB   ─c───────────c───────────c───▶
 * </pre>
 *
 * Where n environments are wanted, the first n marks have one each. So each worker has its part by memory, to the nearest whole or next to it; a worker that comes
 * takes over what lies behind its marks and moves nothing between others, and one that goes leaves its own alone to be taken over. A mark
 * whose worker has no room left, or not the runtime, is passed over.
 */
final class ProvisionedPlan {
    /**
     * Percent of a worker's memory that provisioned environments may have. All workers must go by the same, so it is no setting: the rest
     * leaves room for their successors and for invocations on demand.
     */
    static final int MEMORY_PERCENT = 80;

    private static final Comparator<Want> FIRST_COME = Comparator.comparing(Want::since)
            .thenComparing(want -> want.key().version().toString())
            .thenComparingLong(want -> want.key().generation());

    private final Map<String, Integer> roomMegabytes = new HashMap<>();
    private final Map<String, Map<EnvironmentKey, Integer>> shares = new HashMap<>();
    private final Map<EnvironmentKey, Shortage> shortages = new LinkedHashMap<>();

    /**
     * What is wanted and not kept by anybody.
     *
     * @param speaker the one worker that tells of it
     */
    record Shortage(ProvisionedProblem problem, int count, String speaker) {}

    /** The next mark of one worker. */
    private record Mark(Site site, double place) {}

    private ProvisionedPlan() {}

    static ProvisionedPlan of(Collection<Want> wants, Collection<Site> sites) {
        var plan = new ProvisionedPlan();
        for (var site : sites) {
            plan.roomMegabytes.put(site.worker(), (int) ((long) site.megabytes() * MEMORY_PERCENT / 100));
        }
        wants.stream().sorted(FIRST_COME).forEach(want -> plan.place(want, sites));
        return plan;
    }

    private void place(Want want, Collection<Site> sites) {
        var marks = new PriorityQueue<>(Comparator.comparingDouble(Mark::place)
                .thenComparing(mark -> mark.site().worker()));
        for (var site : sites) {
            if (site.abilities().contains(want.needed()) && site.megabytes() > 0) {
                marks.add(new Mark(site, offset(want.key(), site) / site.megabytes()));
            }
        }
        boolean runs = !marks.isEmpty();
        int left = want.count();
        while (left > 0 && !marks.isEmpty()) {
            var mark = marks.remove();
            if (take(want, mark.site().worker())) {
                left--;
                marks.add(new Mark(mark.site(), mark.place() + 1.0 / mark.site().megabytes()));
            }
        }
        if (left > 0 && !sites.isEmpty()) {
            var problem = runs ? ProvisionedProblem.NO_MEMORY : ProvisionedProblem.NO_RUNTIME;
            shortages.put(want.key(), new Shortage(problem, left, speaker(want.key(), sites)));
        }
    }

    private boolean take(Want want, String worker) {
        int room = roomMegabytes.getOrDefault(worker, 0);
        if (room < want.megabytes()) {
            return false;
        }
        roomMegabytes.put(worker, room - want.megabytes());
        shares.computeIfAbsent(worker, _ -> new LinkedHashMap<>()).merge(want.key(), 1, Integer::sum);
        return true;
    }

    private static String speaker(EnvironmentKey key, Collection<Site> sites) {
        return sites.stream()
                .min(Comparator.comparingDouble((Site site) -> offset(key, site))
                        .thenComparing(Site::worker))
                .orElseThrow()
                .worker();
    }

    /** More than 0 and at most 1, the same wherever it is computed, and as good as random. */
    private static double offset(EnvironmentKey key, Site site) {
        var checksum = new CRC32C();
        var names = key.version() + "#" + key.generation() + "@" + site.worker();
        checksum.update(names.getBytes(StandardCharsets.UTF_8));
        // Checksums of similar texts differ in a few bits: this spreads them over all, as the last step of MurmurHash
        // does.
        long bits = checksum.getValue() * 0xff51afd7ed558ccdL;
        bits = (bits ^ (bits >>> 33)) * 0xc4ceb9fe1a85ec53L;
        bits ^= bits >>> 33;
        return ((bits >>> 11) + 1) * 0x1.0p-53;
    }

    /** What that worker is to keep. */
    Map<EnvironmentKey, Integer> shareOf(String worker) {
        return shares.getOrDefault(worker, Map.of());
    }

    /** What nobody keeps, by what it is an environment of. */
    Map<EnvironmentKey, Shortage> shortages() {
        return shortages;
    }
}
