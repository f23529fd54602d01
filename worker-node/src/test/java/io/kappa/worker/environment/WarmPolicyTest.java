package io.kappa.worker.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class WarmPolicyTest {
    private static final Duration KEEP = Duration.ofHours(1);

    private final WarmPolicy<String> policy = new WarmPolicy<>(new WarmSettings(300, KEEP));
    private long now = -5_000_000_000L; // Such clocks begin anywhere.

    private void pass(Duration time) {
        now += time.toNanos();
    }

    private void wanted(String kind, int times) {
        for (int i = 0; i < times; i++) {
            policy.wanted(kind, now);
        }
    }

    /** Taking that long and that much memory, from the guess on. */
    private void costs(String kind, Duration time, int megabytes) {
        for (int i = 0; i < 20; i++) {
            policy.made(kind, time.toNanos(), megabytes);
        }
    }

    @Test
    void keepsNoneOfWhatNobodyHasWanted() {
        assertThat(policy.targets(now)).isEmpty();
    }

    @Test
    void keepsOneOfWhatWasWantedOnce() {
        wanted("python", 1);

        assertThat(policy.targets(now)).containsExactly(entry("python", 1));
    }

    @Test
    void keepsOneForAsLongAsItWasWantedLately() {
        wanted("python", 1);

        pass(KEEP);
        assertThat(policy.targets(now)).containsExactly(entry("python", 1));
        pass(Duration.ofNanos(1));
        assertThat(policy.targets(now)).isEmpty();
    }

    @Test
    void keepsAsManyAsWereWantedWhileOneIsMade() {
        costs("python", Duration.ofSeconds(4), 10);
        for (int i = 0; i < 12; i++) {
            wanted("python", 1);
            pass(Duration.ofMillis(990)); // Four seconds hold five of them.
        }

        assertThat(policy.targets(now)).containsExactly(entry("python", 5));
    }

    @Test
    void forgetsABurstAfterAWhile() {
        costs("python", Duration.ofMillis(100), 10);
        wanted("python", 7);
        assertThat(policy.targets(now)).containsExactly(entry("python", 7));

        pass(Duration.ofMinutes(10).plusNanos(1));

        assertThat(policy.targets(now)).containsExactly(entry("python", 1));
    }

    @Test
    void goesNoFurtherThanTheMemory() {
        costs("python", Duration.ofMillis(100), 70);
        wanted("python", 100);

        assertThat(policy.targets(now)).containsExactly(entry("python", 4));
    }

    @Test
    void guessesWhatOneTakesWhereThatIsNotKnown() {
        costs("python", Duration.ofMillis(100), 0);
        wanted("python", 100);

        assertThat(policy.targets(now)).containsExactly(entry("python", 4));
    }

    @Test
    void keepsOneOfEachBeforeFurtherOnes() {
        costs("python", Duration.ofMillis(100), 70);
        costs("java", Duration.ofMillis(100), 110);
        wanted("java", 1);
        pass(Duration.ofSeconds(1));
        wanted("python", 100);

        assertThat(policy.targets(now)).containsExactly(entry("python", 2), entry("java", 1));
    }

    @Test
    void givesTheMemoryToWhatWasWantedLastWhereItIsTooLittle() {
        for (var kind : new String[] {"a", "b", "c", "d"}) {
            costs(kind, Duration.ofMillis(100), 100);
            wanted(kind, 1);
            pass(Duration.ofSeconds(1));
        }

        assertThat(policy.targets(now).keySet()).containsExactly("d", "c", "b");
    }

    @Test
    void keepsOneOfWhatAFunctionHasThatNobodyWants() {
        policy.expect("ruby");
        pass(KEEP.multipliedBy(10));
        assertThat(policy.targets(now)).containsExactly(entry("ruby", 1));

        policy.expectNone();
        assertThat(policy.targets(now)).isEmpty();
    }

    @Test
    void whatIsWantedComesBeforeWhatIsOnlyExpected() {
        costs("ruby", Duration.ofMillis(100), 300);
        policy.expect("ruby");
        costs("python", Duration.ofMillis(100), 300);
        wanted("python", 1);

        assertThat(policy.targets(now)).containsExactly(entry("python", 1));
    }

    @Test
    void waitsTwiceAsLongAfterEachLossAndAtMostFiveMinutes() {
        wanted("python", 1);
        assertThat(policy.mayMake("python", now)).isTrue();
        for (int seconds : new int[] {1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300}) {
            policy.lost("python", now);
            pass(Duration.ofSeconds(seconds).minusNanos(1));
            assertThat(policy.mayMake("python", now)).isFalse();
            pass(Duration.ofNanos(1));
            assertThat(policy.mayMake("python", now)).isTrue();
        }
    }

    @Test
    void makesAgainAtOnceAfterASuccess() {
        wanted("python", 1);
        policy.lost("python", now);
        policy.made("python", 1, 10);

        assertThat(policy.mayMake("python", now)).isTrue();
    }

    private static java.util.Map.Entry<String, Integer> entry(String kind, int count) {
        return java.util.Map.entry(kind, count);
    }
}
