package io.kappa.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.settings.Settings;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PlatformSettingsTest {
    @Test
    void everyDefaultIsUnderstoodByThePartThatItIsFor() {
        var settings = new Settings(PlatformSettings.withDefaults(Map.of()));
        PlatformSettings.from(settings);
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @Test
    void everythingThatStaysIsKeptInTheDataDirectory() {
        var settings = read(Map.of("standalone.data-directory", "/somewhere"));
        assertThat(settings.data()).isEqualTo(Path.of("/somewhere"));
        assertThat(settings.brokerData()).isEqualTo(Path.of("/somewhere/kafka"));
        assertThat(settings.worker().directory()).isEqualTo(Path.of("/somewhere/worker"));
        assertThat(settings.router().stateDirectory()).isEqualTo(Path.of("/somewhere/router"));
    }

    @Test
    void whatIsGivenWinsOverTheDefaults() {
        var settings = read(Map.of("worker.port", "7000", "worker.directory", "/elsewhere"));
        assertThat(settings.worker().port()).isEqualTo(7000);
        assertThat(settings.worker().directory()).isEqualTo(Path.of("/elsewhere"));
    }

    @Test
    void aNamedClusterIsUsedInsteadOfABrokerOfItsOwn() {
        assertThat(read(Map.of()).ownBroker()).isTrue();
        var settings = read(Map.of("kafka.bootstrap-servers", "kafka-1:9092"));
        assertThat(settings.ownBroker()).isFalse();
        assertThat(settings.kafka().bootstrapServers()).isEqualTo("kafka-1:9092");
    }

    @Test
    void problemsOfAllPartsAreReportedTogether() {
        var settings = new Settings(PlatformSettings.withDefaults(
                Map.of("router.port", "none", "management.port", "-1", "worker.drain-timeout", "long")));
        PlatformSettings.from(settings);
        assertThatThrownBy(settings::check)
                .hasMessageContaining("'router.port'")
                .hasMessageContaining("'management.port'")
                .hasMessageContaining("'worker.drain-timeout'");
    }

    private static PlatformSettings read(Map<String, String> given) {
        return PlatformSettings.from(new Settings(PlatformSettings.withDefaults(given)));
    }
}
