package io.kappa.deadletters;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.topic.Topic;
import io.kappa.kit.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeadLetterServiceSettingsTest {

    @Test
    void lettersGoBeforeTheirPayloadsDo() {
        var settings = DeadLetterServiceSettings.from(new Settings(Map.of()));
        assertThat(settings.retention())
                .isEqualTo(Duration.ofDays(13))
                .isLessThan(Topic.DEAD_LETTERS_RECORDS.kept().time());
        assertThat(settings.redriveRetention()).isEqualTo(Duration.ofDays(14));
        assertThat(settings.id()).isNotEmpty();
    }

    @Test
    void everySettingIsRead() {
        var given = new Settings(Map.of(
                "dead-letters.id", "two",
                "dead-letters.state-directory", "/state",
                "dead-letters.retention", "1h",
                "dead-letters.redrive-retention", "2h"));
        assertThat(DeadLetterServiceSettings.from(given))
                .isEqualTo(new DeadLetterServiceSettings(
                        "two", Path.of("/state"), Duration.ofHours(1), Duration.ofHours(2)));
        given.check();
    }
}
