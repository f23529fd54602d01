package io.kappa.router;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.settings.Settings;
import io.kappa.kit.settings.SettingsException;
import io.kappa.router.api.function.Home;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FrontendRouterSettingsTest {

    @Test
    void listenOnTheLoopbackAddressUnlessToldOtherwise() {
        var settings = FrontendRouterSettings.from(new Settings(Map.of()));
        assertThat(settings.host()).isEqualTo("127.0.0.1");
        assertThat(settings.port()).isEqualTo(9000);
        assertThat(settings.api().home()).isEqualTo(new Home("us-east-1", "000000000000"));
    }

    @Test
    void neverShowTheSecretOfLinks() {
        var settings = new Settings(Map.of("router.code.link-secret", "abracadabra"));
        assertThat(FrontendRouterSettings.from(settings).toString()).doesNotContain("abracadabra");
        assertThat(settings.effective()).containsEntry("router.code.link-secret", "***");
    }

    @Test
    void nameWhatCannotBe() {
        var settings = new Settings(Map.of("router.port", "http", "router.event-loops", "0"));
        FrontendRouterSettings.from(settings);
        assertThatThrownBy(settings::check)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("router.port")
                .hasMessageContaining("router.event-loops");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Home("us-east-1", "12"))
                .withMessage("an account id has 12 digits, and '12' has not");
        assertThatIllegalArgumentException().isThrownBy(() -> new Home("Berlin", "000000000000"));
    }
}
