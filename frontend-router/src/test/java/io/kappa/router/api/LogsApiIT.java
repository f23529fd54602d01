package io.kappa.router.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kappa.access.topic.PlatformTopics;
import io.kappa.contracts.log.LogBatch;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.testkit.KafkaInThisJvm;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.services.cloudwatchlogs.model.CloudWatchLogsException;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.InvalidParameterException;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogStream;
import software.amazon.awssdk.services.cloudwatchlogs.model.OrderBy;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/** Lines in a real log topic are described, got and filtered through AWS's own client. */
class LogsApiIT {
    private static final String GROUP = "/aws/lambda/f";
    private static final String ONE = "2026/11/20/[$LATEST]11111111111111111111111111111111";
    private static final String TWO = "2026/11/20/[$LATEST]22222222222222222222222222222222";
    private static final long NOON = 1_795_176_000_000L;

    private final KafkaSettings kafka = KafkaInThisJvm.kafka();
    private final RunningApi api = new RunningApi(kafka);
    private final Logs logs = new Logs(api, kafka);

    @BeforeEach
    void makeTheTopic() throws InterruptedException {
        PlatformTopics.ensure(kafka, Topic.FUNCTIONS_LOGS);
    }

    @AfterEach
    void close() {
        logs.close();
        api.close();
    }

    private List<String> messages(List<OutputLogEvent> events) {
        return events.stream().map(OutputLogEvent::message).toList();
    }

    private List<Long> filtered(String pattern) {
        return logs
                .client
                .filterLogEventsPaginator(request -> request.logGroupName(GROUP).filterPattern(pattern))
                .events()
                .stream()
                .map(FilteredLogEvent::timestamp)
                .toList();
    }

    private HttpResponse<String> call(String operation, String body) {
        return api.send(HttpRequest.newBuilder(api.uri("/"))
                .header("X-Amz-Target", "Logs_20140328." + operation)
                .header("Content-Type", "application/x-amz-json-1.1")
                .POST(BodyPublishers.ofString(body)));
    }

    @Test
    void groupsAreDescribedByTheirStreams() {
        logs.write(GROUP, ONE, NOON);
        logs.write(GROUP, TWO, NOON - 1000, NOON);
        logs.write("shared", "2026/11/20/f[$LATEST][33333333333333333333333333333333]", NOON + 5);

        var groups = logs.client.describeLogGroups().logGroups();

        assertThat(groups).extracting(LogGroup::logGroupName).containsExactly(GROUP, "shared");
        var group = groups.getFirst();
        assertThat(group.arn()).isEqualTo("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:*");
        assertThat(group.logGroupArn()).isEqualTo("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f");
        assertThat(group.creationTime()).isEqualTo(NOON);
        assertThat(group.storedBytes()).isEqualTo(20);
        assertThat(group.retentionInDays()).isEqualTo(7);
        assertThat(group.logGroupClassAsString()).isEqualTo("STANDARD");
        assertThat(group.metricFilterCount()).isZero();
    }

    @Test
    void groupsAreFoundByPrefixAndByPatternAndPaged() {
        for (var name : List.of("/aws/lambda/b", "/aws/lambda/a", "/aws/lambda/ab", "other")) {
            logs.write(name, name + "-stream", NOON);
        }

        assertThat(logs.client
                        .describeLogGroupsPaginator(request ->
                                request.logGroupNamePrefix("/aws/lambda/").limit(1))
                        .logGroups())
                .extracting(LogGroup::logGroupName)
                .containsExactly("/aws/lambda/a", "/aws/lambda/ab", "/aws/lambda/b");
        assertThat(logs.client
                        .describeLogGroups(request -> request.logGroupNamePattern("da/a"))
                        .logGroups())
                .extracting(LogGroup::logGroupName)
                .containsExactly("/aws/lambda/a", "/aws/lambda/ab");
        assertThat(logs.client
                        .describeLogGroups(request -> request.logGroupIdentifiers(
                                "other", "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/b"))
                        .logGroups())
                .extracting(LogGroup::logGroupName)
                .containsExactly("/aws/lambda/b", "other");
        assertThatThrownBy(() -> logs.client.describeLogGroups(
                        request -> request.logGroupNamePrefix("a").logGroupNamePattern("b")))
                .isInstanceOf(InvalidParameterException.class);
        assertThat(logs.client
                        .describeLogGroups(request -> request.logGroupClass("INFREQUENT_ACCESS"))
                        .logGroups())
                .isEmpty();
    }

    @Test
    void streamsAreDescribedWithTheTimesOfTheirLines() {
        logs.write(GROUP, ONE, NOON, NOON + 10);
        logs.write(GROUP, ONE, NOON + 20);

        var stream = logs.client
                .describeLogStreams(request -> request.logGroupName(GROUP))
                .logStreams()
                .getFirst();

        assertThat(stream.logStreamName()).isEqualTo(ONE);
        assertThat(stream.firstEventTimestamp()).isEqualTo(NOON);
        assertThat(stream.lastEventTimestamp()).isEqualTo(NOON + 20);
        assertThat(stream.lastIngestionTime()).isEqualTo(NOON + 20);
        assertThat(stream.creationTime()).isEqualTo(NOON + 10);
        assertThat(stream.arn())
                .isEqualTo("arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:log-stream:" + ONE);
    }

    @ParameterizedTest
    @CsvSource({
        "LogStreamName, false, a b c d",
        "LogStreamName, true, d c b a",
        "LastEventTime, false, c a d b",
        "LastEventTime, true, b d a c",
    })
    void streamsAreOrderedAndPaged(String order, boolean descending, String expected) {
        logs.write(GROUP, "a", NOON + 2);
        logs.write(GROUP, "b", NOON + 4);
        logs.write(GROUP, "c", NOON + 1);
        logs.write(GROUP, "d", NOON + 3);

        var streams = logs.client
                .describeLogStreamsPaginator(
                        request -> request.logGroupIdentifier("arn:aws:logs:us-east-1:000000000000:log-group:" + GROUP)
                                .orderBy(OrderBy.fromValue(order))
                                .descending(descending)
                                .limit(3))
                .logStreams();

        assertThat(streams).extracting(LogStream::logStreamName).containsExactly(expected.split(" "));
    }

    @Test
    void streamsAreFoundByPrefixButNotByTimeThen() {
        logs.write(GROUP, "a1", NOON);
        logs.write(GROUP, "b1", NOON);

        assertThat(logs.client
                        .describeLogStreams(
                                request -> request.logGroupName(GROUP).logStreamNamePrefix("b"))
                        .logStreams())
                .extracting(LogStream::logStreamName)
                .containsExactly("b1");
        assertThatThrownBy(() -> logs.client.describeLogStreams(request ->
                        request.logGroupName(GROUP).logStreamNamePrefix("b").orderBy(OrderBy.LAST_EVENT_TIME)))
                .isInstanceOf(InvalidParameterException.class)
                .hasMessageContaining("Cannot order by LastEventTime with a logStreamNamePrefix.");
    }

    @Test
    void whatDoesNotExistIsNotFound() {
        logs.write(GROUP, ONE, NOON);

        assertThatThrownBy(() -> logs.client.describeLogStreams(request -> request.logGroupName("none")))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("The specified log group does not exist.");
        assertThatThrownBy(() -> logs.client.filterLogEvents(request -> request.logGroupName("none")))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> logs.client.getLogEvents(
                        request -> request.logGroupName(GROUP).logStreamName("none")))
                .isInstanceOf(ResourceNotFoundException.class)
                .hasMessageContaining("The specified log stream does not exist.");
        assertThatThrownBy(() -> logs.client.filterLogEvents(
                        request -> request.logGroupName(GROUP).logStreamNames(ONE, "none")))
                .isInstanceOf(ResourceNotFoundException.class);
        assertThatThrownBy(() -> logs.client.describeLogStreams(request ->
                        request.logGroupIdentifier("arn:aws:logs:us-east-1:111111111111:log-group:" + GROUP)))
                .isInstanceOf(ResourceNotFoundException.class);
    }

    @Test
    void aStreamIsGotFromItsHeadByThePaginator() {
        for (int i = 0; i < 10; i++) {
            logs.write(GROUP, ONE, NOON + 2L * i, NOON + 2L * i + 1);
            logs.write(GROUP, TWO, NOON + 2L * i);
        }

        var events = logs
                .client
                .getLogEventsPaginator(request -> request.logGroupName(GROUP)
                        .logStreamName(ONE)
                        .startFromHead(true)
                        .limit(3))
                .events()
                .stream()
                .toList();

        assertThat(messages(events))
                .isEqualTo(LongStream.range(NOON, NOON + 20)
                        .mapToObj(time -> "line at " + time + "\n")
                        .toList());
        assertThat(events.getFirst().timestamp()).isEqualTo(NOON);
        assertThat(events.getFirst().ingestionTime()).isEqualTo(NOON + 1);
    }

    @Test
    void aStreamIsGotFromItsTailAndFollowed() {
        logs.write(GROUP, ONE, LongStream.range(NOON, NOON + 10).toArray());

        var tail = logs.client.getLogEvents(
                request -> request.logGroupName(GROUP).logStreamName(ONE).limit(4));
        assertThat(tail.events())
                .extracting(OutputLogEvent::timestamp)
                .containsExactly(NOON + 6, NOON + 7, NOON + 8, NOON + 9);

        var before = logs.client.getLogEvents(request ->
                request.logGroupName(GROUP).logStreamName(ONE).limit(4).nextToken(tail.nextBackwardToken()));
        assertThat(before.events())
                .extracting(OutputLogEvent::timestamp)
                .containsExactly(NOON + 2, NOON + 3, NOON + 4, NOON + 5);

        var nothing = logs.client.getLogEvents(
                request -> request.logGroupName(GROUP).logStreamName(ONE).nextToken(tail.nextForwardToken()));
        assertThat(nothing.events()).isEmpty();
        assertThat(nothing.nextForwardToken()).as("unchanged at the end").isEqualTo(tail.nextForwardToken());

        logs.write(GROUP, ONE, NOON + 10);
        var more = logs.client.getLogEvents(
                request -> request.logGroupName(GROUP).logStreamName(ONE).nextToken(tail.nextForwardToken()));
        assertThat(more.events()).extracting(OutputLogEvent::timestamp).containsExactly(NOON + 10);
    }

    @Test
    void timesBoundWhatIsGotWithoutTheLastAndWhatIsFilteredWithIt() {
        logs.write(GROUP, ONE, LongStream.range(NOON, NOON + 10).toArray());

        assertThat(logs.client
                        .getLogEvents(request -> request.logGroupName(GROUP)
                                .logStreamName(ONE)
                                .startTime(NOON + 2)
                                .endTime(NOON + 4))
                        .events())
                .extracting(OutputLogEvent::timestamp)
                .containsExactly(NOON + 2, NOON + 3);
        assertThat(logs.client
                        .filterLogEvents(request ->
                                request.logGroupName(GROUP).startTime(NOON + 2).endTime(NOON + 4))
                        .events())
                .extracting(FilteredLogEvent::timestamp)
                .containsExactly(NOON + 2, NOON + 3, NOON + 4);
    }

    @Test
    void linesOfAllStreamsOfAGroupAreFilteredInTheOrderOfTheirTimes() {
        logs.write(GROUP, ONE, NOON, NOON + 2, NOON + 4);
        logs.write(GROUP, TWO, NOON + 1, NOON + 3);
        logs.write("shared", "another", NOON + 1);

        var page = logs.client.filterLogEvents(request -> request.logGroupName(GROUP));

        assertThat(page.events())
                .extracting(FilteredLogEvent::timestamp)
                .containsExactly(NOON, NOON + 1, NOON + 2, NOON + 3, NOON + 4);
        assertThat(page.events()).extracting(FilteredLogEvent::logStreamName).containsExactly(ONE, TWO, ONE, TWO, ONE);
        assertThat(page.events())
                .extracting(FilteredLogEvent::eventId)
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("\\d{56}"));
        assertThat(page.nextToken()).isNull();
        assertThat(page.searchedLogStreams()).isEmpty();
        assertThat(logs.client
                        .filterLogEvents(request -> request.logGroupName(GROUP).logStreamNames(TWO))
                        .events())
                .hasSize(2);
        assertThat(logs.client
                        .filterLogEvents(
                                request -> request.logGroupName(GROUP).logStreamNamePrefix("2026/11/20/[$LATEST]1"))
                        .events())
                .hasSize(3);
    }

    @Test
    void pagesOfAFilterGoOnWhereTheLastEnded() {
        IntStream.range(0, 20).forEach(i -> logs.write(GROUP, "stream-" + i % 5, NOON + i));

        var pages = new ArrayList<Integer>();
        var times = new ArrayList<Long>();
        logs.client
                .filterLogEventsPaginator(request -> request.logGroupName(GROUP).limit(3))
                .forEach(page -> {
                    pages.add(page.events().size());
                    page.events().forEach(event -> times.add(event.timestamp()));
                });

        assertThat(pages).startsWith(3, 3, 3, 3, 3, 3);
        assertThat(times)
                .containsExactlyElementsOf(
                        LongStream.range(NOON, NOON + 20).boxed().toList());
    }

    @Test
    void patternsChooseLines() {
        logs.write(
                GROUP,
                ONE,
                List.of(
                        new LogBatch.Line(NOON, "", "[ERROR] no such table"),
                        new LogBatch.Line(NOON + 1, "", "{\"level\":\"ERROR\",\"status\":503}"),
                        new LogBatch.Line(NOON + 2, "", "[INFO] fine")));

        assertThat(filtered("ERROR")).containsExactly(NOON, NOON + 1);
        assertThat(filtered("\"[ERROR]\" -table")).isEmpty();
        assertThat(filtered("?table ?fine")).containsExactly(NOON, NOON + 2);
        assertThat(filtered("{ $.level = \"ERROR\" && $.status >= 500 }")).containsExactly(NOON + 1);
        assertThatThrownBy(() -> filtered("{ $.level }"))
                .isInstanceOf(InvalidParameterException.class)
                .hasMessageContaining("Invalid filter pattern");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "f/1", "b/x", "f/99999999999999999999999999999999999999999999999999999999"})
    void aTokenThatIsNoneIsRefused(String token) {
        logs.write(GROUP, ONE, NOON);

        for (var body : List.of("{\"logGroupName\":\"%s\",\"logStreamName\":\"%s\",\"nextToken\":\"%s\"}"
                .formatted(GROUP, ONE, token))) {
            var answer = call("GetLogEvents", body);
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .isEqualTo(
                            "{\"__type\":\"InvalidParameterException\",\"message\":\"The specified nextToken is invalid.\"}");
        }
        for (var operation : List.of("FilterLogEvents", "DescribeLogStreams")) {
            assertThat(call(operation, "{\"logGroupName\":\"%s\",\"nextToken\":\"%s\"}".formatted(GROUP, token))
                            .body())
                    .contains("InvalidParameterException");
        }
    }

    @Test
    void whatTheModelForbidsIsAnInvalidParameter() {
        assertThatThrownBy(() -> logs.client.describeLogGroups(request -> request.limit(51)))
                .isInstanceOf(InvalidParameterException.class)
                .hasMessageContaining("1 validation error detected: Value '51' at 'limit' failed to satisfy constraint:"
                        + " Member must have value less than or equal to 50");
        assertThatThrownBy(() -> logs.client.filterLogEvents(request -> request.limit(1)))
                .isInstanceOf(InvalidParameterException.class);
        logs.write(GROUP, ONE, NOON);
        assertThatThrownBy(() -> logs.client.filterLogEvents(
                        request -> request.logGroupName(GROUP).startTime(5L).endTime(3L)))
                .isInstanceOf(InvalidParameterException.class);
        assertThatThrownBy(() -> logs.client.filterLogEvents(request ->
                        request.logGroupName(GROUP).logStreamNames(ONE).logStreamNamePrefix("2026")))
                .isInstanceOf(InvalidParameterException.class);
    }

    @Test
    void whatIsNotServedSaysSoInOneLine() {
        assertThatThrownBy(() -> logs.client.deleteLogGroup(request -> request.logGroupName(GROUP)))
                .isInstanceOf(CloudWatchLogsException.class)
                .hasMessageContaining(
                        "Kappa does not implement DeleteLogGroup: lines of all groups stay for as long as");
        assertThatThrownBy(() -> logs.client.putRetentionPolicy(
                        request -> request.logGroupName(GROUP).retentionInDays(1)))
                .hasMessageContaining("Kappa does not implement PutRetentionPolicy");
        assertThatThrownBy(() -> logs.client.createLogGroup(request -> request.logGroupName(GROUP)))
                .hasMessageContaining("only functions write lines");

        var unknown = call("StartQuery", "{}");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.headers().firstValue("Content-Type")).contains("application/x-amz-json-1.1");
        assertThat(unknown.body())
                .startsWith("{\"__type\":\"UnknownOperationException\",\"message\":\"Kappa serves DescribeLogGroups,")
                .contains("and not StartQuery");
    }

    @Test
    void manyCallersAtOnceShareFewReaders() {
        logs.write(GROUP, ONE, NOON);

        var found = IntStream.range(0, 12)
                .parallel()
                .mapToObj(_ -> logs.client.filterLogEvents(request -> request.logGroupName(GROUP)))
                .toList();

        assertThat(found).allSatisfy(page -> assertThat(page.events()).hasSize(1));
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("reads-log-lines-"))
                .hasSizeLessThanOrEqualTo(2);
    }
}
