package io.kappa.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.settings.Settings;
import io.kappa.worker.WorkerNodeSettings;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertThat(settings.workers().getFirst().directory()).isEqualTo(Path.of("/somewhere/worker"));
        assertThat(settings.router().stateDirectory()).isEqualTo(Path.of("/somewhere/router"));
    }

    @Test
    void whatIsGivenWinsOverTheDefaults() {
        var settings = read(Map.of("worker.port", "7000", "worker.directory", "/elsewhere"));
        assertThat(settings.workers().getFirst().port()).isEqualTo(7000);
        assertThat(settings.workers().getFirst().directory()).isEqualTo(Path.of("/elsewhere"));
    }

    @Test
    void severalWorkersAreApartAndShareTheMemory() {
        var workers = read(Map.of(
                        "standalone.workers", "3",
                        "standalone.data-directory", "/somewhere",
                        "worker.id", "blue",
                        "worker.port", "7000",
                        "worker.memory-megabytes", "3000"))
                .workers();
        assertThat(workers)
                .extracting(WorkerNodeSettings::directory)
                .containsExactly(
                        Path.of("/somewhere/worker"), Path.of("/somewhere/worker-2"), Path.of("/somewhere/worker-3"));
        assertThat(workers).extracting(WorkerNodeSettings::port).containsExactly(7000, 7001, 7002);
        assertThat(workers).extracting(worker -> worker.id().orElseThrow()).containsExactly("blue", "blue-2", "blue-3");
        assertThat(workers).allMatch(worker -> worker.pool().memoryMegabytes() == 1000);
        assertThat(workers).extracting(worker -> worker.sandbox().firstUid()).doesNotHaveDuplicates();
    }

    @Test
    void severalWorkersOnAnyPortHaveOneEach() {
        assertThat(read(Map.of("standalone.workers", "2")).workers())
                .extracting(WorkerNodeSettings::port)
                .containsExactly(0, 0);
    }

    @ParameterizedTest
    @CsvSource({"standalone.workers,0", "standalone.workers,17", "worker.port,65535"})
    void numbersOfWorkersAndPortsThatCannotBeAreRefused(String key, String value) {
        var given = new HashMap<>(Map.of("standalone.workers", "2"));
        given.put(key, value);
        var settings = new Settings(PlatformSettings.withDefaults(given));
        PlatformSettings.from(settings);
        assertThatThrownBy(settings::check).hasMessageContaining("'" + key + "' is '" + value + "'");
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
