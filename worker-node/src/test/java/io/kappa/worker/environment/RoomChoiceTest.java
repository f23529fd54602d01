package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RoomChoiceTest {
    private static final int MOST = 5;

    /** Stands at that place in the order of worth, the least first. */
    private record Candidate(int place, int megabytes) {}

    @Test
    void nothingGoesWhereNothingIsMissing() {
        assertThat(choose(List.of(1, 2), -3, 0)).isEmpty();
        assertThat(choose(List.of(), 0, -1)).isEmpty();
    }

    @Test
    void thoseWorthLeastGo() {
        assertThat(choose(List.of(1, 1, 1), 2, -1)).extracting(Candidate::place).containsExactly(0, 1);
    }

    @Test
    void smallOnesStayWhereALargeOneGoesInAnyCase() {
        assertThat(choose(List.of(1, 1, 4), 4, -1)).extracting(Candidate::place).containsExactly(2);
    }

    @Test
    void nobodyGoesInVain() {
        assertThat(choose(List.of(1, 1), 3, 0)).isNull();
        assertThat(choose(List.of(9), 1, 2)).isNull();
    }

    /** All orders of up to five sizes from one to four, and all that can be missing of either kind. */
    @Test
    void inEveryCaseEnoughGoNobodyForNothingAndNobodyWorthMoreThanNecessary() {
        for (var sizes : everyListOfSizes()) {
            for (int megabytes = -1; megabytes <= 4 * MOST + 1; megabytes++) {
                for (int places = -1; places <= MOST + 1; places++) {
                    check(sizes, megabytes, places);
                }
            }
        }
    }

    private static void check(List<Integer> sizes, int megabytes, int places) {
        var all = candidates(sizes);
        var chosen = choose(sizes, megabytes, places);
        if (chosen == null) {
            assertThat(enough(all, megabytes, places)).isFalse();
            return;
        }
        assertThat(enough(chosen, megabytes, places)).isTrue();
        for (var one : chosen) {
            var others = chosen.stream()
                    .filter(other -> other.place() != one.place())
                    .toList();
            assertThat(enough(others, megabytes, places)).isFalse();
        }
        if (!chosen.isEmpty()) {
            int dearest = chosen.stream().mapToInt(Candidate::place).max().orElseThrow();
            assertThat(enough(all.subList(0, dearest), megabytes, places)).isFalse();
        }
    }

    private static boolean enough(List<Candidate> gone, int megabytes, int places) {
        return gone.stream().mapToInt(Candidate::megabytes).sum() >= megabytes && gone.size() >= places;
    }

    private static List<List<Integer>> everyListOfSizes() {
        var lists = new ArrayList<List<Integer>>();
        lists.add(List.of());
        for (int from = 0, length = 1; length <= MOST; length++) {
            int to = lists.size();
            for (int i = from; i < to; i++) {
                for (int size = 1; size <= 4; size++) {
                    var longer = new ArrayList<>(lists.get(i));
                    longer.add(size);
                    lists.add(longer);
                }
            }
            from = to;
        }
        return lists;
    }

    private static @Nullable List<Candidate> choose(List<Integer> sizes, int megabytes, int places) {
        return RoomChoice.least(candidates(sizes), Candidate::megabytes, megabytes, places);
    }

    private static List<Candidate> candidates(List<Integer> sizes) {
        var candidates = new ArrayList<Candidate>();
        for (int place = 0; place < sizes.size(); place++) {
            candidates.add(new Candidate(place, sizes.get(place)));
        }
        return candidates;
    }
}
