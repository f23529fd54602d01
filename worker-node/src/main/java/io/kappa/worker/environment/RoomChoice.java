package io.kappa.worker.environment;

import java.util.ArrayList;
import java.util.List;
import java.util.SequencedCollection;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** Chooses who goes where room is needed. */
final class RoomChoice {
    private RoomChoice() {}

    /**
     * Those worth least, as many as it takes, and none that it does not take: where a large one goes, small ones worth less may stay.
     *
     * @param candidates those worth least first
     * @param missingMegabytes to be freed, none if negative
     * @param missingPlaces how many have to go in any case, none if negative
     * @return null where not even all would do
     */
    static <T> @Nullable List<T> least(
            SequencedCollection<T> candidates, ToIntFunction<T> megabytes, int missingMegabytes, int missingPlaces) {
        var chosen = new ArrayList<T>();
        int spareMegabytes = -missingMegabytes;
        int sparePlaces = -missingPlaces;
        for (var candidate : candidates) {
            if (spareMegabytes >= 0 && sparePlaces >= 0) {
                break;
            }
            chosen.add(candidate);
            spareMegabytes += megabytes.applyAsInt(candidate);
            sparePlaces++;
        }
        if (spareMegabytes < 0 || sparePlaces < 0) {
            return null;
        }
        for (int i = chosen.size() - 1; i >= 0 && sparePlaces > 0; i--) {
            int size = megabytes.applyAsInt(chosen.get(i));
            if (size <= spareMegabytes) {
                chosen.remove(i);
                spareMegabytes -= size;
                sparePlaces--;
            }
        }
        return chosen;
    }
}
