package io.kappa.standalone.demo;

import io.kappa.standalone.operator.ManagementClient;
import java.util.regex.Pattern;

/**
 * What became of the records of an event source mapping since the platform was started, as its metrics tell.
 *
 * @param filtered that no filter let through
 * @param committed that the function has taken, or that were given up
 * @param givenUp that became dead letters
 */
record MappingCounts(long filtered, long committed, long givenUp) {

    static MappingCounts of(ManagementClient management, String uuid) {
        return of(management.text("/metrics"), uuid);
    }

    static MappingCounts of(String metrics, String uuid) {
        return new MappingCounts(
                sum(metrics, "filtered_out", uuid), sum(metrics, "committed", uuid), sum(metrics, "dropped", uuid));
    }

    /** Over all shards of the mapping. */
    private static long sum(String metrics, String what, String uuid) {
        return Pattern.compile(
                        "^kappa_mapping_" + what + "_event_count_total\\{[^}]*mapping=\"" + Pattern.quote(uuid)
                                + "\"[^}]*} (\\S+)$",
                        Pattern.MULTILINE)
                .matcher(metrics)
                .results()
                .mapToLong(found -> (long) Double.parseDouble(found.group(1)))
                .sum();
    }

    /** That nobody has to read again. */
    long settled() {
        return filtered + committed;
    }

    /** That the function has taken. */
    long delivered() {
        return committed - givenUp;
    }
}
