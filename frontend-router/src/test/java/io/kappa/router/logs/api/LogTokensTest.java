package io.kappa.router.logs.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.router.logs.reading.Position;
import io.kappa.router.refusal.LambdaApiException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogTokensTest {

    @Test
    void tokensReadAsTheyWereWritten() {
        var position = new Position(4711, 12);
        var places = Map.of(0, new Position(0, 0), 3, new Position(Long.MAX_VALUE / 10, 7));

        assertThat(LogTokens.parsePosition(LogTokens.forward(position))).isEqualTo(position);
        assertThat(LogTokens.parsePosition(LogTokens.backward(position))).isEqualTo(position);
        assertThat(LogTokens.isForward(LogTokens.forward(position))).isTrue();
        assertThat(LogTokens.isForward(LogTokens.backward(position))).isFalse();
        assertThat(LogTokens.parsePlaces(LogTokens.after(places))).isEqualTo(places);
        assertThat(LogTokens.parseAfter(LogTokens.after("/aws/lambda/größe"))).isEqualTo("/aws/lambda/größe");
    }

    @Test
    void tokensOfEventsLookLikeThoseOfCloudWatchLogs() {
        assertThat(LogTokens.forward(new Position(5, 0))).matches("f/\\d{56}");
        assertThat(LogTokens.backward(new Position(5, 0))).matches("b/\\d{56}");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "x",
                "f/",
                "f/5",
                "g/00000000000000000000000000000000000000000000000000000005",
                "bmFtZTo",
                "???"
            })
    void otherTextsAreNoTokens(String token) {
        assertThatThrownBy(() -> LogTokens.parsePosition(token)).isInstanceOf(LambdaApiException.class);
        assertThatThrownBy(() -> LogTokens.parsePlaces(token)).isInstanceOf(LambdaApiException.class);
    }

    @Test
    void aTokenOfOneKindIsNoneOfAnother() {
        var names = LogTokens.after("a");
        var places = LogTokens.after(Map.of(0, new Position(1, 1)));

        assertThatThrownBy(() -> LogTokens.parsePlaces(names)).isInstanceOf(LambdaApiException.class);
        assertThatThrownBy(() -> LogTokens.parseAfter(places)).isInstanceOf(LambdaApiException.class);
        assertThatThrownBy(() -> LogTokens.parseAfter(LogTokens.forward(new Position(1, 1))))
                .isInstanceOf(LambdaApiException.class);
    }
}
