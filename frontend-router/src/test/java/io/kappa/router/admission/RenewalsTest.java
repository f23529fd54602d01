package io.kappa.router.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RenewalsTest {
    private static final long MILLISECOND = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LEASE = TimeUnit.SECONDS.toNanos(8);

    private final Renewals renewals = new Renewals(LEASE);
    private long now = -5;

    private long dueIn(boolean answered) {
        return renewals.dueIn(answered, now) / MILLISECOND;
    }

    private void askAndAnswer(boolean changed) {
        now += Math.max(0, renewals.dueIn(true, now));
        renewals.asking(now);
        renewals.answered(changed, LEASE);
    }

    @Test
    void asksAtOnceAndThenEveryQuarterOfTheLease() {
        assertThat(dueIn(true)).isZero();
        askAndAnswer(true);
        assertThat(dueIn(true)).isEqualTo(2000);
        renewals.answered(false, LEASE / 2);
        assertThat(dueIn(true)).isEqualTo(1000);
    }

    @Test
    void asksAgainSoonWhereNothingIsHeardAndThenLessOften() {
        askAndAnswer(true);
        for (long expected : new long[] {250, 500, 1000, 1000}) {
            renewals.asking(now);
            assertThat(dueIn(false)).isEqualTo(expected);
        }
        renewals.answered(true, LEASE);
        renewals.asking(now);
        assertThat(dueIn(false)).isEqualTo(250);
    }

    @Test
    void heedsReasonsLessAndLessOftenWhileAnswersChangeNothing() {
        askAndAnswer(true);
        for (long expected : new long[] {10, 20, 40, 80, 160, 160}) {
            assertThat(renewals.urge()).isTrue();
            assertThat(renewals.urge()).isFalse();
            assertThat(dueIn(true)).isEqualTo(expected);
            askAndAnswer(false);
        }
        renewals.urge();
        askAndAnswer(true);
        renewals.urge();
        assertThat(dueIn(true)).isEqualTo(10);
    }

    @Test
    void aReasonAfterAQuietWhileIsHeededAtOnce() {
        for (int i = 0; i < 6; i++) {
            renewals.urge();
            askAndAnswer(false);
        }
        askAndAnswer(false);
        renewals.urge();
        assertThat(dueIn(true)).isEqualTo(10);
    }
}
