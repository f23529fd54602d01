package io.kappa.router.dispatch;

import io.kappa.contracts.function.VersionArn;
import io.kappa.contracts.worker.WorkerStatus.Environments;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Where versions have execution environments, by what workers say and by what this router has them run. Everything here is a hint: what is
 * lost of it costs a start, so that it may be dropped when it has grown too large.
 */
final class Places {
    private static final int MOST_VERSIONS = 100_000;

    private final Map<VersionArn, VersionPlaces> byVersion = new ConcurrentHashMap<>();
    private final Map<String, VersionPlaces> byCode = new ConcurrentHashMap<>();

    VersionPlaces of(VersionArn version) {
        return of(byVersion, version);
    }

    private static <K> VersionPlaces of(Map<K, VersionPlaces> places, K key) {
        var known = places.get(key);
        if (known != null) {
            return known;
        }
        if (places.size() >= MOST_VERSIONS) {
            places.clear();
        }
        return places.computeIfAbsent(key, _ -> new VersionPlaces());
    }

    /** The place of the version at that worker, made where there is none yet. */
    Place at(VersionArn version, Worker worker) {
        var places = of(version);
        var place = places.at(worker);
        if (place == null) {
            place = worker.place(version);
            places.add(place);
        }
        return place;
    }

    /** One place at each worker that has, or lately had, the package unpacked; null where that is known of none. */
    @Nullable
    VersionPlaces ofCode(String sha256) {
        return byCode.get(sha256);
    }

    /** Notes that the place has just served the version, which has that code. */
    void served(VersionArn version, String sha256, Place place) {
        of(version).served(place);
        if (place.unpacks(sha256)) {
            of(byCode, sha256).add(place);
        }
    }

    /** Takes in which environments a worker says it has. One thread calls this, and the two methods below. */
    void reported(Worker worker, List<Environments> environments, long nowMillis) {
        var newest = new HashMap<VersionArn, Environments>();
        for (var each : environments) {
            newest.merge(each.version(), each, (one, other) -> one.generation() > other.generation() ? one : other);
        }
        newest.forEach((version, each) -> {
            at(version, worker).reported(each, nowMillis);
            of(version).noteProvisioned();
        });
        worker.places().forEach((version, place) -> {
            if (!newest.containsKey(version)) {
                boolean had = place.hasProvisioned();
                place.reported(null, nowMillis);
                if (had) {
                    of(version).noteProvisioned();
                }
            }
        });
    }

    /** Forgets a worker that has left. */
    void left(Worker worker) {
        worker.places().forEach((version, place) -> {
            var places = byVersion.get(version);
            if (places != null) {
                places.remove(place);
            }
        });
        byCode.values().forEach(holders -> {
            var place = holders.at(worker);
            if (place != null) {
                holders.remove(place);
            }
        });
    }

    /** Forgets what has not been used for long. To be called every now and then. */
    void sweep(Worker[] workers, long nowMillis) {
        for (var worker : workers) {
            worker.places().forEach((version, place) -> {
                if (place.isForgotten(nowMillis) && worker.places().remove(version, place)) {
                    var places = byVersion.get(version);
                    if (places != null) {
                        places.remove(place);
                    }
                }
            });
        }
        byVersion.values().removeIf(places -> places.isForgotten(nowMillis));
        byCode.values().removeIf(holders -> holders.isForgotten(nowMillis));
    }
}
