package io.kappa.kit.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    private final List<String> closed = new ArrayList<>();
    private final Lifecycle lifecycle = new Lifecycle();

    @Test
    void closesWhatWasStartedLastFirst() {
        lifecycle.own(part("bottom"));
        lifecycle.own(part("top"));
        lifecycle.close();
        assertThat(closed).containsExactly("top", "bottom");
    }

    @Test
    void aPartThatFailsToCloseDoesNotKeepTheOthersOpen() {
        lifecycle.own(part("bottom"));
        lifecycle.own(() -> {
            throw new IllegalStateException("stuck");
        });
        lifecycle.close();
        assertThat(closed).containsExactly("bottom");
    }

    @Test
    void closingTwiceClosesOnce() {
        lifecycle.own(part("only"));
        lifecycle.close();
        lifecycle.close();
        assertThat(closed).containsExactly("only");
    }

    @Test
    void takesInNothingOnceItStops() {
        lifecycle.close();
        assertThatThrownBy(() -> lifecycle.own(part("late"))).hasMessage("already stopping");
    }

    private AutoCloseable part(String name) {
        return () -> closed.add(name);
    }
}
