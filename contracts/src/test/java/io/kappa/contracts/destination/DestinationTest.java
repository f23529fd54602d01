package io.kappa.contracts.destination;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.invocation.InvocationTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DestinationTest {
    private static final String PLACE = ":us-east-1:111111111111:";

    @Test
    void namesOfServicesStandForTopics() {
        var queue = "arn:aws:sqs" + PLACE + "orders";
        var notification = "arn:aws:sns" + PLACE + "orders";
        var bus = "arn:aws:events" + PLACE + "event-bus/orders";

        assertThat(Destination.parse(queue)).contains(new Destination.Queue(queue, "orders"));
        assertThat(Destination.parse(notification)).contains(new Destination.Notification(notification, "orders"));
        assertThat(Destination.parse(bus)).contains(new Destination.EventBus(bus, "orders"));
        assertThat(Destination.parse("kafka://orders.failed")).contains(new Destination.KafkaTopic("orders.failed"));
    }

    @Test
    void functionsAreDestinationsWithAndWithoutAQualifier() {
        var function = "arn:aws:lambda" + PLACE + "function:greet";

        assertThat(Destination.parse(function)).contains(new Destination.Function(InvocationTarget.parse(function)));
        assertThat(Destination.parse(function + ":live"))
                .contains(new Destination.Function(InvocationTarget.parse(function + ":live")));
    }

    @Test
    void aBucketHasNeitherRegionNorAccount() {
        assertThat(Destination.parse("arn:aws:s3:::failed-orders.2026"))
                .contains(new Destination.Bucket("failed-orders.2026"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                "kafka://",
                "kafka://a/b",
                "kafka://..",
                "arn:aws:sqs:us-east-1:111111111111:orders.fifo",
                "arn:aws:sns:us-east-1:111111111111:orders.fifo",
                "arn:aws:sqs:us-east-1:111111111111:event-bus/orders",
                "arn:aws:events:us-east-1:111111111111:rule/orders",
                "arn:aws:s3:::-",
                "arn:aws:s3:::bucket/folder",
                "arn:aws:s3:us-east-1:111111111111:bucket",
                "arn:aws:dynamodb:us-east-1:111111111111:table/orders"
            })
    void everythingElseIsNone(String text) {
        assertThat(Destination.parse(text)).isEmpty();
    }
}
