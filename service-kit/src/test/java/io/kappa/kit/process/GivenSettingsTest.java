package io.kappa.kit.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.kit.settings.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GivenSettingsTest {
    @TempDir
    private Path directory;

    @Test
    void anArgumentCountsBeforeAVariableAndThatBeforeFiles() throws IOException {
        // given
        var file = Files.writeString(directory.resolve("settings.properties"), "a.one=1\na.two=1\na.three=1\n");
        // when
        var settings = GivenSettings.of(
                List.of("--settings", file.toString(), "a.three=3"), Map.of("KAPPA_A_TWO", "2", "KAPPA_A_THREE", "2"));
        // then
        assertThat(settings.integer("a.one", 0)).isEqualTo(1);
        assertThat(settings.integer("a.two", 0)).isEqualTo(2);
        assertThat(settings.integer("a.three", 0)).isEqualTo(3);
    }

    @Test
    void aDirectoryHoldsAFileForEachSetting() throws IOException {
        // given, as Kubernetes shows a secret: links to links
        var data = Files.createDirectory(directory.resolve("..data"));
        Files.writeString(data.resolve("kafka.client.sasl.jaas.config"), "login required;\n");
        Files.createSymbolicLink(
                directory.resolve("kafka.client.sasl.jaas.config"), data.resolve("kafka.client.sasl.jaas.config"));
        // when
        var settings = GivenSettings.of(List.of("--settings", directory.toString()), Map.of());
        // then
        assertThat(settings.below("kafka.client.")).containsExactly(Map.entry("sasl.jaas.config", "login required;"));
        settings.check();
    }

    @Test
    void aLaterFileCountsForMore() throws IOException {
        var one = Files.writeString(directory.resolve("one"), "a=1\nb=1");
        var two = Files.writeString(directory.resolve("two"), "b=2");
        var settings = GivenSettings.of(List.of("--settings", one.toString(), "--settings", two.toString()), Map.of());
        assertThat(settings.integer("a", 0)).isEqualTo(1);
        assertThat(settings.integer("b", 0)).isEqualTo(2);
    }

    @Test
    void whatIsNoArgumentAndWhatCannotBeReadIsReportedAtOnce() {
        var missing = directory.resolve("missing");
        assertThatThrownBy(
                        () -> GivenSettings.of(List.of("--verbose", "--settings", missing.toString(), "x"), Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessage(String.join(
                        System.lineSeparator(),
                        "argument '--verbose' is neither KEY=VALUE nor --settings PATH",
                        "there is no '" + missing + "', which --settings names",
                        "argument 'x' is neither KEY=VALUE nor --settings PATH"));
    }
}
