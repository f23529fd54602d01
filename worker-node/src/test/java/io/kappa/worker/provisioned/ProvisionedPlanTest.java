package io.kappa.worker.provisioned;

import static io.kappa.worker.provisioned.Wants.key;
import static io.kappa.worker.provisioned.Wants.later;
import static io.kappa.worker.provisioned.Wants.site;
import static io.kappa.worker.provisioned.Wants.want;
import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.worker.Ability;
import io.kappa.worker.environment.EnvironmentKey;
import io.kappa.worker.environment.ProvisionedProblem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ProvisionedPlanTest {
    private static final int PLENTY = 1_000_000;

    @Test
    void oneWorkerKeepsEverything() {
        var plan = ProvisionedPlan.of(List.of(want("a", 128, 3), want("b", 256, 2)), List.of(site("w1", 4096)));

        assertThat(plan.shareOf("w1")).containsOnly(Map.entry(key("a"), 3), Map.entry(key("b"), 2));
        assertThat(plan.shortages()).isEmpty();
    }

    @Test
    void withoutWorkersNobodyKeepsAnythingAndNobodyCanSaySo() {
        var plan = ProvisionedPlan.of(List.of(want("a", 128, 3)), List.of());

        assertThat(plan.shareOf("w1")).isEmpty();
        assertThat(plan.shortages()).isEmpty();
    }

    @Test
    void oneFifthOfTheMemoryIsLeftToOthers() {
        var plan = ProvisionedPlan.of(List.of(want("a", 100, 20)), List.of(site("w1", 1000)));

        assertThat(plan.shareOf("w1")).containsExactly(Map.entry(key("a"), 8));
        assertThat(plan.shortages())
                .containsExactly(
                        Map.entry(key("a"), new ProvisionedPlan.Shortage(ProvisionedProblem.NO_MEMORY, 12, "w1")));
    }

    @Test
    void workersWithoutTheRuntimeArePassedOver() {
        var ruby = new Site("w2", 4096, Set.of(new Ability.ManagedRuntime(RuntimeIdentifier.RUBY3_3)));

        var plan = ProvisionedPlan.of(List.of(want("a", 128, 3)), List.of(site("w1", 1024), ruby));
        assertThat(plan.shareOf("w1")).containsExactly(Map.entry(key("a"), 3));
        assertThat(plan.shareOf("w2")).isEmpty();

        var nowhere = ProvisionedPlan.of(List.of(want("a", 128, 3)), List.of(ruby));
        assertThat(nowhere.shortages())
                .containsExactly(
                        Map.entry(key("a"), new ProvisionedPlan.Shortage(ProvisionedProblem.NO_RUNTIME, 3, "w2")));
    }

    @Test
    void whatAFullWorkerCannotTakeGoesToOthers() {
        var plan =
                ProvisionedPlan.of(List.of(want("a", 1000, 10)), List.of(site("small", 2500), site("large", 12_500)));

        assertThat(plan.shareOf("small").get(key("a"))).isLessThanOrEqualTo(2);
        assertThat(total(plan, "small", "large")).isEqualTo(10);
    }

    @Test
    void whatWasAskedForLaterTakesNothingAwayFromWhatWasAskedForBefore() {
        var sites = List.of(site("w1", 1000), site("w2", 1000));
        var first = want("z", 100, 12);
        var before = ProvisionedPlan.of(List.of(first), sites);

        var plan = ProvisionedPlan.of(List.of(later(want("a", 100, 12), 1), first), sites);

        assertThat(plan.shareOf("w1").get(key("z")))
                .isEqualTo(before.shareOf("w1").get(key("z")));
        assertThat(plan.shareOf("w2").get(key("z")))
                .isEqualTo(before.shareOf("w2").get(key("z")));
        assertThat(plan.shortages()).containsOnlyKeys(key("a"));
        assertThat(total(plan, "w1", "w2")).isEqualTo(16);
    }

    @Test
    void manySmallWantsAreSpreadOverAllWorkers() {
        var wants = new ArrayList<Want>();
        for (int i = 0; i < 1000; i++) {
            wants.add(want("f" + i, 128, 1));
        }
        var sites = List.of(site("w1", PLENTY), site("w2", PLENTY), site("w3", PLENTY), site("w4", PLENTY));

        var plan = ProvisionedPlan.of(wants, sites);

        assertThat(sites)
                .allSatisfy(site -> assertThat(plan.shareOf(site.worker())).hasSizeBetween(200, 300));
    }

    /** Workers of different releases run side by side, and each must come to the same. */
    @Test
    void theRuleIsTheSameInEveryRelease() {
        var sites = List.of(site("w1", 2048), site("w2", 1024), site("w3", 1024));

        var plan = ProvisionedPlan.of(List.of(want("a", 128, 7), want("b", 128, 1), want("c", 256, 3)), sites);

        assertThat(plan.shareOf("w1")).isEqualTo(Map.of(key("a"), 3, key("b"), 1, key("c"), 2));
        assertThat(plan.shareOf("w2")).isEqualTo(Map.of(key("a"), 2, key("c"), 1));
        assertThat(plan.shareOf("w3")).isEqualTo(Map.of(key("a"), 2));
    }

    /** Up to three workers of up to five places each, and any number wanted that may just fit or not. */
    @Test
    void inEveryCaseAsManyAreKeptAsAreWantedOrFit() {
        for (int one = 0; one <= 5; one++) {
            for (int two = 0; two <= 5; two++) {
                for (int three = 0; three <= 5; three++) {
                    var sites = List.of(site("w1", one * 125), site("w2", two * 125), site("w3", three * 125));
                    int fits = one + two + three;
                    for (int count = 1; count <= 17; count++) {
                        var plan = ProvisionedPlan.of(List.of(want("a", 100, count)), sites);
                        assertThat(total(plan, "w1", "w2", "w3")).isEqualTo(Math.min(count, fits));
                        assertThat(plan.shareOf("w1").getOrDefault(key("a"), 0)).isLessThanOrEqualTo(one);
                        assertThat(plan.shareOf("w2").getOrDefault(key("a"), 0)).isLessThanOrEqualTo(two);
                        assertThat(plan.shareOf("w3").getOrDefault(key("a"), 0)).isLessThanOrEqualTo(three);
                        assertThat(plan.shortages().isEmpty()).isEqualTo(count <= fits);
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 10, 100})
    void workersOfTheSameSizeKeepTheSameNumberToWithinOne(int workers) {
        var sites = new ArrayList<Site>();
        for (int i = 0; i < workers; i++) {
            sites.add(site("w" + i, PLENTY));
        }
        for (int count = 1; count <= 60; count++) {
            var plan = ProvisionedPlan.of(List.of(want("f" + count, 128, count)), sites);
            int least = count / workers;
            for (var site : sites) {
                assertThat(plan.shareOf(site.worker()).getOrDefault(key("f" + count), 0))
                        .isBetween(least, least * workers == count ? least : least + 1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void nothingIsKeptWhereThereIsNoRoomAndNothingIsLeftOutThatWouldFit(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 200; i++) {
            var sites = sites(random, 1 + random.nextInt(6), 4096);
            var wants = wants(random, 1 + random.nextInt(8));
            var plan = ProvisionedPlan.of(wants, sites);
            var kept = new HashMap<EnvironmentKey, Integer>();
            int mostRoom = 0;
            for (var site : sites) {
                int used = 0;
                for (var want : wants) {
                    int share = plan.shareOf(site.worker()).getOrDefault(want.key(), 0);
                    used += share * want.megabytes();
                    kept.merge(want.key(), share, Integer::sum);
                }
                assertThat(used).isLessThanOrEqualTo(site.megabytes() * 8 / 10);
                mostRoom = Math.max(mostRoom, site.megabytes() * 8 / 10 - used);
            }
            for (var want : wants) {
                var shortage = plan.shortages().get(want.key());
                int missing = shortage == null ? 0 : shortage.count();
                assertThat(kept.getOrDefault(want.key(), 0) + missing).isEqualTo(want.count());
                if (missing > 0) {
                    assertThat(mostRoom).isLessThan(want.megabytes());
                }
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void theOrderInWhichThingsAreReadIsWithoutInfluence(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            var sites = sites(random, 1 + random.nextInt(6), 4096);
            var wants = wants(random, 1 + random.nextInt(8));
            var plan = ProvisionedPlan.of(wants, sites);
            Collections.shuffle(sites, random);
            Collections.shuffle(wants, random);
            var other = ProvisionedPlan.of(wants, sites);
            assertThat(sites)
                    .allSatisfy(
                            site -> assertThat(other.shareOf(site.worker())).isEqualTo(plan.shareOf(site.worker())));
            assertThat(other.shortages()).isEqualTo(plan.shortages());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whereThereIsRoomAWorkerThatComesOrGoesMovesNothingBetweenOthers(long seed) {
        var random = new Random(seed);
        for (int i = 0; i < 100; i++) {
            var sites = sites(random, 2 + random.nextInt(6), PLENTY);
            var wants = wants(random, 1 + random.nextInt(8));
            var newcomer = sites.getFirst();
            var before = ProvisionedPlan.of(wants, sites.subList(1, sites.size()));
            var after = ProvisionedPlan.of(wants, sites);
            for (var want : wants) {
                for (var site : sites.subList(1, sites.size())) {
                    assertThat(after.shareOf(site.worker()).getOrDefault(want.key(), 0))
                            .isLessThanOrEqualTo(before.shareOf(site.worker()).getOrDefault(want.key(), 0));
                }
                assertThat(after.shareOf(newcomer.worker()).getOrDefault(want.key(), 0))
                        .isLessThanOrEqualTo(want.count());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void whereRoomIsShortAWorkerThatComesOrGoesStillMovesLittleBetweenOthers(long seed) {
        var random = new Random(seed);
        int moved = 0;
        int kept = 0;
        for (int i = 0; i < 200; i++) {
            var sites = sites(random, 4 + random.nextInt(4), 4096);
            var wants = wants(random, 8);
            var before = ProvisionedPlan.of(wants, sites.subList(1, sites.size()));
            var after = ProvisionedPlan.of(wants, sites);
            for (var want : wants) {
                int gained = 0;
                for (var site : sites.subList(1, sites.size())) {
                    int was = before.shareOf(site.worker()).getOrDefault(want.key(), 0);
                    int is = after.shareOf(site.worker()).getOrDefault(want.key(), 0);
                    gained += Math.max(0, is - was);
                    kept += was;
                }
                // What nobody had room for before has not moved.
                moved += Math.max(0, gained - missing(before, want) + missing(after, want));
            }
        }
        assertThat(moved).isLessThan(kept / 10);
    }

    private static int missing(ProvisionedPlan plan, Want want) {
        var shortage = plan.shortages().get(want.key());
        return shortage == null ? 0 : shortage.count();
    }

    private static int total(ProvisionedPlan plan, String... workers) {
        int total = 0;
        for (var worker : workers) {
            total += plan.shareOf(worker).values().stream()
                    .mapToInt(Integer::intValue)
                    .sum();
        }
        return total;
    }

    private static List<Site> sites(Random random, int number, int about) {
        var sites = new ArrayList<Site>();
        for (int i = 0; i < number; i++) {
            sites.add(site("w" + random.nextInt(1_000_000) + "-" + i, about / 2 + random.nextInt(about)));
        }
        return sites;
    }

    private static List<Want> wants(Random random, int number) {
        var wants = new ArrayList<Want>();
        for (int i = 0; i < number; i++) {
            var want = want("f" + i, 128 * (1 + random.nextInt(8)), 1 + random.nextInt(12));
            wants.add(later(want, random.nextInt(3)));
        }
        return wants;
    }
}
