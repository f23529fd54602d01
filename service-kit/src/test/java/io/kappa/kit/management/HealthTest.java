package io.kappa.kit.management;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class HealthTest {
    private final Health health = new Health();

    @Test
    void isReadyAndAliveWhileNoPartHasAProblem() {
        health.readyWhen("registry", Optional::empty);
        health.aliveWhile("kafka", Optional::empty);
        assertThat(health.unready()).isEmpty();
        assertThat(health.dead()).isEmpty();
    }

    @Test
    void namesEveryPartThatHasAProblem() {
        health.readyWhen("workers", () -> Optional.of("none has reported"));
        health.readyWhen("registry", () -> Optional.of("reading"));
        assertThat(health.unready()).containsExactly("registry: reading", "workers: none has reported");
        assertThat(health.dead()).isEmpty();
    }

    @Test
    void followsAPartAsItRecovers() {
        var well = new AtomicBoolean();
        health.readyWhen("registry", () -> well.get() ? Optional.empty() : Optional.of("reading"));
        assertThat(health.unready()).hasSize(1);
        well.set(true);
        assertThat(health.unready()).isEmpty();
    }

    @Test
    void aPartThatCannotTellIsAProblemItself() {
        health.aliveWhile("kafka", () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(health.dead()).containsExactly("kafka: cannot tell: java.lang.IllegalStateException: broken");
    }
}
