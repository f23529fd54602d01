package io.kappa.router.registry;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.json.RecordCodec;
import io.kappa.contracts.provisioned.ProvisionedUseReport;
import io.kappa.kit.streams.Table;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * How much of what is provisioned was in use in the last minutes, by all routers together. Bounded in time and in routers: of more routers
 * than are ever run together, those beyond are not counted.
 */
final class UseHistory {
    /** How many minutes are kept: more than any alarm looks at. */
    static final int MINUTES = 20;

    /** Of one minute. */
    static final int MOST_ROUTERS = 200;

    private static final String PREFIX = "use/";
    private static final RecordCodec<Window> CODEC = RecordCodec.of(Window.class);

    private final Table table;

    /** What one router says of one minute. */
    record Told(double running, double ready) {}

    /** What routers have told of one version, by minute and router. */
    record Window(NavigableMap<Long, Map<String, Told>> minutes) {}

    /**
     * One minute of all routers together.
     *
     * @param running invocations on provisioned environments
     * @param ready provisioned environments; the most that any router saw, since all see the same ones
     */
    record Use(double running, double ready) {}

    UseHistory(Table table) {
        this.table = table;
    }

    /** Takes in what a router says. What it says again changes nothing. */
    void note(ProvisionedUseReport report) {
        for (var use : report.uses()) {
            var minutes = minutes(use.version());
            var told = minutes.computeIfAbsent(report.minute(), _ -> new HashMap<>());
            if (told.size() < MOST_ROUTERS || told.containsKey(report.router())) {
                told.put(report.router(), new Told(use.running(), use.ready()));
            }
            minutes.headMap(minutes.lastKey() - MINUTES, true).clear();
            table.put(PREFIX + use.version(), CODEC.encode(new Window(minutes)));
        }
    }

    private NavigableMap<Long, Map<String, Told>> minutes(VersionArn version) {
        var value = table.get(PREFIX + version);
        return value == null
                ? new TreeMap<>()
                : new TreeMap<>(CODEC.decode(value).minutes());
    }

    /** What was in use of the version, by minute since the beginning of 1970. */
    NavigableMap<Long, Use> of(VersionArn version) {
        var uses = new TreeMap<Long, Use>();
        minutes(version).forEach((minute, told) -> {
            double running = told.values().stream().mapToDouble(Told::running).sum();
            double ready = told.values().stream().mapToDouble(Told::ready).max().orElse(0);
            uses.put(minute, new Use(running, ready));
        });
        return Collections.unmodifiableNavigableMap(uses);
    }

    /** Forgets versions of which nothing has been told for as long as minutes are kept. */
    void expire(long currentMinute) {
        var gone = new ArrayList<String>();
        table.forEach(PREFIX, (key, value) -> {
            var minutes = CODEC.decode(value).minutes();
            if (minutes.isEmpty() || minutes.lastKey() < currentMinute - MINUTES) {
                gone.add(key);
            }
        });
        gone.forEach(table::delete);
    }
}
