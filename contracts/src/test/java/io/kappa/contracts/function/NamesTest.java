package io.kappa.contracts.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamesTest {
    private static final String ARN = "arn:aws:lambda:us-east-1:111111111111:function:greet";

    @Test
    void arnsPrintAsTheyWereRead() {
        assertThat(FunctionArn.parse(ARN)).hasToString(ARN);
        assertThat(VersionArn.parse(ARN + ":$LATEST")).hasToString(ARN + ":$LATEST");
        assertThat(VersionArn.parse(ARN + ":12")).hasToString(ARN + ":12");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "greet", ARN + ":1", "arn:aws:lambda:us-east-1:1:function:greet", ARN + " "})
    void whatIsNoUnqualifiedArnIsRefused(String text) {
        assertThatThrownBy(() -> FunctionArn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "greet", ARN, ARN + ":", ARN + ":live", ARN + ":0", ARN + ":-1"})
    void whatIsNoVersionArnIsRefused(String text) {
        assertThatThrownBy(() -> VersionArn.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void namesAreOneTo64LettersDigitsHyphensAndUnderscores() {
        assertThat(new FunctionName("a-B_9")).hasToString("a-B_9");
        assertThat(new FunctionName("a".repeat(64))).hasToString("a".repeat(64));
        for (var text : new String[] {"", "a.b", "a b", "a".repeat(65), "ä"}) {
            assertThatThrownBy(() -> new FunctionName(text)).as(text).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "$LATEST, true, true",
        "1, true, true",
        "12, true, true",
        "0, true, false",
        "01, true, false",
        "99999999999999999999, true, false",
        "prod, false, false",
        "v1, false, false",
        "'', false, false",
        "$LATEST.PUBLISHED, false, false"
    })
    void versionsAreToldFromAliasesAndFromNumbersThatNoVersionHas(String qualifier, boolean version, boolean possible) {
        assertThat(Version.isVersion(qualifier)).isEqualTo(version);
        assertThat(Version.named(qualifier).isPresent()).isEqualTo(possible);
    }

    @Test
    void latestComesBeforeEveryNumberAndNumbersAreInOrder() {
        var versions = new TreeSet<Version>();
        versions.add(new Version.Published(10));
        versions.add(new Version.Published(9));
        versions.add(new Version.Latest());

        assertThat(versions).extracting(Version::toString).containsExactly("$LATEST", "9", "10");
    }
}
