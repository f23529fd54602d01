package io.kappa.router.dispatch;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The places of one version, or of all versions with the same code. Read without a lock by every event loop; changes are rare and copy. */
final class VersionPlaces {
    private static final Place[] NONE = {};

    private volatile Place[] all = NONE;
    private volatile @Nullable Place last;
    private volatile boolean provisioned;

    /** The array is shared and not to be changed. */
    Place[] all() {
        return all;
    }

    /** Where the version was served last. */
    @Nullable
    Place last() {
        return last;
    }

    void served(Place place) {
        if (last != place) {
            last = place;
        }
    }

    /** Whether any worker has environments that provisioned concurrency asks for. */
    boolean provisioned() {
        return provisioned;
    }

    @Nullable
    Place at(Worker worker) {
        for (var place : all) {
            if (place.worker() == worker) {
                return place;
            }
        }
        return null;
    }

    /** Adds the place, instead of another at the same worker where there is one. */
    synchronized void add(Place place) {
        var places = all;
        for (int i = 0; i < places.length; i++) {
            if (places[i].worker() == place.worker()) {
                if (places[i] != place) {
                    places = places.clone();
                    places[i] = place;
                    all = places;
                }
                return;
            }
        }
        places = Arrays.copyOf(places, places.length + 1);
        places[places.length - 1] = place;
        all = places;
    }

    synchronized void remove(Place place) {
        all = Arrays.stream(all).filter(other -> other != place).toArray(Place[]::new);
        if (last == place) {
            last = null;
        }
        noteProvisioned();
    }

    /** Takes into account what has been reported of its places. */
    void noteProvisioned() {
        provisioned = Arrays.stream(all).anyMatch(Place::hasProvisioned);
    }

    /** Whether no worker has had any of it lately. */
    boolean isForgotten(long nowMillis) {
        return Arrays.stream(all).allMatch(place -> place.isForgotten(nowMillis));
    }
}
