package io.kappa.router.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WildcardsTest {

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "a*c, abc, true",
        "a*c, ac, true",
        "a*c, abcd, false",
        "a?c, abc, true",
        "a?c, ac, false",
        "*b*b, abab, true",
        "*b*b, aba, false",
        "a.c, abc, false",
        "abc, abc, true",
        "abc*, abc, true",
    })
    void aStarStandsForAnyLettersAndAQuestionMarkForOne(String pattern, String text, boolean matches) {
        assertThat(Wildcards.match(pattern, text)).isEqualTo(matches);
    }

    @Test
    void aPatternOfManyStarsIsNoBurden() {
        assertThat(Wildcards.match("*a".repeat(50) + "b", "a".repeat(10_000))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "arn:aws:s3:::b, arn:aws:s3:::b, true",
        "arn:aws:s3:::b*, arn:aws:s3:::bucket, true",
        "arn:aws:*:b, arn:aws:s3:::b, false",
        "arn:aws:sns:*:111111111111:t, arn:aws:sns:us-east-1:111111111111:t, true",
        "arn:aws:logs:us-east-1:1:log-group:g:*, arn:aws:logs:us-east-1:1:log-group:g:s, true",
        "arn:aws:s3, arn:aws:s3:::b, false",
        "'*', arn:aws:s3:::b, false",
    })
    void noStarReachesBeyondAColonOfAnArn(String pattern, String arn, boolean matches) {
        assertThat(Wildcards.matchArn(pattern, arn)).isEqualTo(matches);
    }
}
