package io.kappa.contracts.eventsource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class MappingIdTest {
    private static final String UUID = "14e0db71-5d35-4eb5-b481-8945cf9d10c2";
    private static final String ARN = "arn:aws:lambda:us-east-1:111111111111:event-source-mapping:" + UUID;

    @Test
    void printsAsTheArnAndIsReadFromIt() {
        var id = new MappingId("us-east-1", "111111111111", UUID);

        assertThat(id).hasToString(ARN);
        assertThat(MappingId.parse(ARN)).isEqualTo(id);
        assertThat(MappingId.isArn(ARN)).isTrue();
    }

    @Test
    void whatNamesAFunctionOrHasNoUuidIsNone() {
        var function = "arn:aws:lambda:us-east-1:111111111111:function:event-source-mapping";

        assertThat(MappingId.isArn(function)).isFalse();
        assertThatThrownBy(() -> MappingId.parse(function)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MappingId("us-east-1", "111111111111", "1-2-3-4-5"))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
