package io.kappa.router.autoscaling.use;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.function.VersionArn;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RunningVersionsTest {
    private static final VersionArn ONE = VersionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f:1");
    private static final VersionArn OTHER = VersionArn.parse("arn:aws:lambda:us-east-1:000000000000:function:f:2");

    private final RunningVersions running = new RunningVersions();

    @Test
    void whatRunsIsCountedUntilItEnds() {
        running.count(Set.of(ONE));
        var first = running.begin(ONE);
        var second = running.begin(ONE);
        running.begin(OTHER);

        assertThat(running.running(ONE, 10)).isEqualTo(2);
        assertThat(running.running(OTHER, 10)).isZero();
        first.end();
        first.end();
        assertThat(running.running(ONE, 10)).isEqualTo(1);
        second.end();
        assertThat(running.running(ONE, 10)).isZero();
    }

    @Test
    void noMoreRunsOnProvisionedEnvironmentsThanThereAre() {
        running.count(Set.of(ONE));
        for (int i = 0; i < 5; i++) {
            running.begin(ONE);
        }

        assertThat(running.running(ONE, 3)).isEqualTo(3);
        assertThat(running.running(ONE, 0)).isZero();
    }

    @Test
    void anEndIsCountedAlsoOnceItsVersionIsCountedNoLonger() {
        running.count(Set.of(ONE));
        var run = running.begin(ONE);
        running.count(Set.of());
        var uncounted = running.begin(ONE);
        uncounted.end();

        assertThat(running.running(ONE, 10)).isEqualTo(1);
        run.end();
        assertThat(running.running(ONE, 10)).isZero();
    }
}
