package io.kappa.contracts.eventsource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.eventsource.EventSource.DynamoDb;
import io.kappa.contracts.eventsource.EventSource.Kinesis;
import io.kappa.contracts.eventsource.EventSource.ManagedKafka;
import io.kappa.contracts.eventsource.EventSource.Queue;
import io.kappa.contracts.eventsource.EventSource.SelfManagedKafka;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EventSourceTest {
    private static final List<String> NONE = List.of();

    @Test
    void aStreamIsATopicOfItsNameWithAConsumerOrWithout() {
        var stream = "arn:aws:kinesis:us-east-1:111111111111:stream/orders-1";
        var consumer = stream + "/consumer/c:1";

        assertThat(EventSource.parse(stream, NONE)).contains(new Kinesis(stream, "orders-1"));
        assertThat(EventSource.parse(consumer, NONE)).contains(new Kinesis(consumer, "orders-1"));
    }

    @Test
    void aTablesStreamIsATopicOfTheTablesName() {
        var stream = "arn:aws:dynamodb:eu-west-1:111111111111:table/orders/stream/2026-11-20T12:00:00.123";

        assertThat(EventSource.parse(stream, NONE)).contains(new DynamoDb(stream, "orders"));
    }

    @Test
    void aQueueIsATopicOfItsNameAndKeepsOrderWhereItsNameSaysSo() {
        var queue = "arn:aws:sqs:us-east-1:111111111111:orders";

        assertThat(EventSource.parse(queue, NONE)).contains(new Queue(queue, "orders", false));
        assertThat(EventSource.parse(queue + ".fifo", NONE)).contains(new Queue(queue + ".fifo", "orders.fifo", true));
    }

    @Test
    void aClusterIsKnownByItsNameAndItsTopicsAreGivenApart() {
        var cluster = "arn:aws-cn:kafka:cn-north-1:111111111111:cluster/main/1-2-3";

        assertThat(EventSource.parse(cluster, List.of("a", "b")))
                .contains(new ManagedKafka(cluster, "main", List.of("a", "b")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "orders",
                "arn:aws:sns:us-east-1:111111111111:orders",
                "arn:aws:mq:us-east-1:111111111111:broker:b:1",
                "arn:aws:rds:us-east-1:111111111111:cluster:c",
                "arn:aws:sqs:us-east-1:111111111111:orders/1",
                "arn:aws:sqs:us-east-1:1:orders",
                "arn:aws:kinesis:us-east-1:111111111111:orders",
                "arn:aws:kinesis:us-east-1:111111111111:stream/",
                "arn:aws:dynamodb:us-east-1:111111111111:table/orders",
                "arn:aws:kafka:us-east-1:111111111111:cluster/main"
            })
    void anythingElseIsNoSource(String arn) {
        assertThat(EventSource.parse(arn, NONE)).isEmpty();
    }

    @Test
    void allButASelfManagedClusterHaveTheArnThatTheyWereGivenBy() {
        var queue = "arn:aws:sqs:us-east-1:111111111111:orders";

        assertThat(EventSource.parse(queue, NONE).orElseThrow().sourceArn()).contains(queue);
        assertThat(new SelfManagedKafka(List.of("kafka:1000"), List.of("orders")).sourceArn())
                .isEmpty();
    }
}
