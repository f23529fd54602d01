package io.kappa.contracts.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.contracts.function.Version;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AliasRecordTest {
    private static final Version ONE = new Version.Published(1);
    private static final Version TWO = new Version.Published(2);

    private static AliasRecord weighted(double weight) {
        return new AliasRecord(Samples.FUNCTION, "live", ONE, "", new AliasRecord.Additional(TWO, weight), "r1");
    }

    private static AliasRecord named(String name) {
        return new AliasRecord(Samples.FUNCTION, name, ONE, "", null, "r1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"live", "v1", "1a", "-", "_", "PROD-2"})
    void namesAreAnythingThatIsNoNumber(String name) {
        assertThat(named(name).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "007", "$LATEST", "a b", "a:b"})
    void aNameThatCouldBeAVersionOrNoneIsRefused(String name) {
        assertThatThrownBy(() -> named(name)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aWeightIsAProbability() {
        assertThatThrownBy(() -> weighted(1.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> weighted(-0.1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> weighted(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theAdditionalVersionIsDrawnAsOftenAsItsWeightSays() {
        assertThat(weighted(0.25).drawn(0.2499)).isEqualTo(TWO);
        assertThat(weighted(0.25).drawn(0.25)).isEqualTo(ONE);
        assertThat(weighted(0).drawn(0)).isEqualTo(ONE);
        assertThat(weighted(1).drawn(Math.nextDown(1.0))).isEqualTo(TWO);
        assertThat(named("live").drawn(0)).isEqualTo(ONE);
    }

    @Test
    void environmentsAreDividedToTheNearestWholeAndNoneIsLost() {
        assertThat(weighted(0.25).divided(10)).isEqualTo(Map.of(ONE, 7, TWO, 3));
        assertThat(weighted(0.1).divided(1)).isEqualTo(Map.of(ONE, 1, TWO, 0));
        assertThat(weighted(1).divided(3)).isEqualTo(Map.of(ONE, 0, TWO, 3));
        assertThat(named("live").divided(3)).isEqualTo(Map.of(ONE, 3));
    }

    @Test
    void itPointsToBothOfItsVersions() {
        assertThat(weighted(0).pointsTo(ONE)).isTrue();
        assertThat(weighted(0).pointsTo(TWO)).isTrue();
        assertThat(named("live").pointsTo(TWO)).isFalse();
    }
}
