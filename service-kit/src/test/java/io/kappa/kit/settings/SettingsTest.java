package io.kappa.kit.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    private enum Colour {
        RED,
        DARK_BLUE
    }

    @Test
    void everyProblemIsReportedAtOnceWithKeyValueAndWhatWasExpected() {
        // given
        var settings = new Settings(
                Map.of("a.count", "many", "a.wait", "soon", "a.flag", "yes", "a.colour", "green", "a.port", "70000"));
        settings.integer("a.count", 1);
        settings.duration("a.wait", Duration.ofSeconds(1));
        settings.flag("a.flag", false);
        settings.choice("a.colour", Colour.RED);
        settings.port("a.port", 80);
        // then
        assertThatThrownBy(settings::check)
                .isInstanceOf(SettingsException.class)
                .hasMessage(String.join(
                        System.lineSeparator(),
                        "setting 'a.count' is 'many', which is not a whole number",
                        "setting 'a.wait' is 'soon', which is not a duration such as 250ms, 10s, 5m or 1h",
                        "setting 'a.flag' is 'yes', which is not true or false",
                        "setting 'a.colour' is 'green', which is not one of red, dark-blue",
                        "setting 'a.port' is '70000', which is not a whole number from 0 to 65535"));
    }

    @Test
    void aProblemIsReportedOnceHoweverOftenTheSettingIsRead() {
        var settings = new Settings(Map.of("a.count", "many"));
        settings.integer("a.count", 1);
        settings.integer("a.count", 1);
        assertThatThrownBy(settings::check).hasMessage("setting 'a.count' is 'many', which is not a whole number");
    }

    @Test
    void aMistypedKeyIsAnsweredWithTheOneThatWasMeant() {
        var settings = new Settings(Map.of("router.prot", "1"));
        settings.port("router.port", 9000);
        assertThatThrownBy(settings::check).hasMessage("unknown setting 'router.prot'; did you mean 'router.port'?");
    }

    @Test
    void aKeyUnlikeAnyOtherIsOnlyNamed() {
        var settings = new Settings(Map.of("something.else", "1"));
        settings.port("router.port", 9000);
        assertThatThrownBy(settings::check).hasMessage("unknown setting 'something.else'");
    }

    @ParameterizedTest
    @CsvSource({"250ms,PT0.25S", "10s,PT10S", "5m,PT5M", "1h,PT1H", "7d,PT168H", "0s,PT0S"})
    void durationsAreANumberAndItsUnit(String text, Duration expected) {
        var settings = new Settings(Map.of("a.wait", text));
        assertThat(settings.duration("a.wait", Duration.ZERO)).isEqualTo(expected);
        settings.check();
    }

    @Test
    void urlsAreAddressesOfHttpServersWithCommasBetweenThem() {
        var settings = new Settings(Map.of("a.servers", "http://one:9000/, https://two/below"));
        assertThat(settings.urls("a.servers", "http://127.0.0.1:9000"))
                .containsExactly(URI.create("http://one:9000"), URI.create("https://two/below"));
        settings.check();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost:9000", "http://", "one", "ftp://one", "http://one,", ",", ""})
    void whatIsNoUrlIsAProblemAndTheDefaultHoldsMeanwhile(String text) {
        var settings = new Settings(Map.of("a.servers", text));
        assertThat(settings.urls("a.servers", "http://one")).containsExactly(URI.create("http://one"));
        assertThatThrownBy(settings::check).isInstanceOf(SettingsException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"10", "s", "-1s", "1.5s", "99999999999999999999s", "9999999999999999d", "1S", ""})
    void whatIsNoDurationIsAProblemAndTheDefaultHoldsMeanwhile(String text) {
        var settings = new Settings(Map.of("a.wait", text));
        assertThat(settings.duration("a.wait", Duration.ofSeconds(3))).isEqualTo(Duration.ofSeconds(3));
        assertThatThrownBy(settings::check).isInstanceOf(SettingsException.class);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 250, 1000, 1500, 60_000, 90_000, 3_600_000, 86_400_000})
    void aDefaultDurationIsShownAsItWouldBeWritten(long millis) {
        // given
        var first = new Settings(Map.of());
        first.duration("a.wait", Duration.ofMillis(millis));
        // when
        var again = new Settings(first.effective());
        // then
        assertThat(again.duration("a.wait", Duration.ofDays(99))).isEqualTo(Duration.ofMillis(millis));
        again.check();
    }

    @Test
    void aTextOfACertainFormIsAProblemWhereItIsOfAnother() {
        var form = Pattern.compile("a+");
        var settings = new Settings(Map.of("good", "aa", "bad", "b"));
        assertThat(settings.text("good", form, "letters a")).contains("aa");
        assertThat(settings.text("none", form, "letters a")).isEmpty();
        assertThat(settings.text("bad", form, "letters a")).isEmpty();
        assertThatThrownBy(settings::check)
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("setting 'bad' is 'b', which is not letters a");
    }

    @Test
    void secretsAreReadButNeverShown() {
        // given
        var settings = new Settings(Map.of("store.key", "hunter2", "kafka.client.ssl.key.password", "hunter2"));
        // when
        var secret = settings.secret("store.key").orElseThrow();
        var client = settings.below("kafka.client.");
        // then
        assertThat(secret.value()).isEqualTo("hunter2");
        assertThat(client).containsEntry("ssl.key.password", "hunter2");
        assertThat(secret.toString()).isEqualTo("***");
        assertThat(settings.effective().toString()).doesNotContain("hunter2");
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @Test
    void namesBelowAPrefixAreFoundAndTheirSettingsStillHaveToBeRead() {
        // given
        var settings = new Settings(
                Map.of("queues.b.size", "1", "queues.b.colour", "red", "queues.a.fifo.size", "2", "queues.size", "3"));
        // when
        var names = settings.namesBelow("queues.");
        // then
        assertThat(names).containsExactly("a.fifo", "b");
        assertThatThrownBy(settings::check).hasMessageContaining("unknown setting 'queues.b.colour'");
    }

    @Test
    void effectiveSettingsIncludeDefaults() {
        var settings = new Settings(Map.of("a.name", "given"));
        settings.text("a.name", "otherwise");
        settings.text("b.name", "otherwise");
        settings.choice("c.colour", Colour.DARK_BLUE);
        assertThat(settings.effective())
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of("a.name", "given", "b.name", "otherwise", "c.colour", "dark-blue"));
    }

    @Test
    void anOptionalTextIsAbsentWhenItIsNotGiven() {
        var settings = new Settings(Map.of("a.given", "here"));
        assertThat(settings.text("a.given")).contains("here");
        assertThat(settings.text("a.absent")).isEmpty();
    }

    @Test
    void aVariableOfTheEnvironmentIsTheSettingOfThatName() {
        var settings = new Settings(Map.of(), Map.of("KAPPA_ROUTER_CODE_LINK_SECRET", "s", "HOME", "/"), Map.of());
        assertThat(settings.secret("router.code.link-secret")).contains(new Secret("s"));
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @Test
    void whatIsGivenCountsBeforeTheEnvironmentAndThatBeforeTheRest() {
        // given
        var settings = new Settings(
                Map.of("a.one", "given"),
                Map.of("KAPPA_A_ONE", "variable", "KAPPA_A_TWO", "variable"),
                Map.of("a.one", "rest", "a.two", "rest", "a.three", "rest"));
        // then
        assertThat(settings.text("a.one", "")).isEqualTo("given");
        assertThat(settings.text("a.two", "")).isEqualTo("variable");
        assertThat(settings.text("a.three", "")).isEqualTo("rest");
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @Test
    void variablesBelowAPrefixAreHandedOnWithDots() {
        var settings = new Settings(
                Map.of("kafka.client.security.protocol", "SSL"),
                Map.of("KAPPA_KAFKA_CLIENT_SECURITY_PROTOCOL", "PLAINTEXT", "KAPPA_KAFKA_CLIENT_SASL_JAAS_CONFIG", "x"),
                Map.of());
        assertThat(settings.below("kafka.client."))
                .containsOnly(Map.entry("security.protocol", "SSL"), Map.entry("sasl.jaas.config", "x"));
        assertThat(settings.effective()).containsEntry("kafka.client.sasl.jaas.config", "***");
        assertThatCode(settings::check).doesNotThrowAnyException();
    }

    @Test
    void aMistypedVariableIsAnsweredWithTheOneThatWasMeant() {
        var settings =
                new Settings(Map.of(), Map.of("KAPPA_ROUTER_PROT", "1", "KAPPA_JAVA_OPTIONS", "-Xmx1g"), Map.of());
        settings.port("router.port", 9000);
        assertThatThrownBy(settings::check)
                .hasMessage("unknown setting in variable KAPPA_ROUTER_PROT; did you mean KAPPA_ROUTER_PORT?");
    }
}
