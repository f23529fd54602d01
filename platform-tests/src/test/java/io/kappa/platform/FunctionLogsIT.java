package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogStream;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** What a function prints is described, got, filtered and followed by AWS's own clients, on the port of the Lambda API. */
class FunctionLogsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String SOURCE = """
            import json

            def handler(event, context):
                print('hello ' + event['name'])
                print(json.dumps({'level': 'INFO', 'name': event['name'], 'size': len(event['name'])}))
                return context.log_stream_name
            """;

    private final LambdaClient lambda = RunningPlatform.shared().lambda();
    private final Functions functions = new Functions(lambda);
    private final CloudWatchLogsClient logs = CloudWatchLogsClient.builder()
            .endpointOverride(RunningPlatform.shared().endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .build();

    private String name = "";
    private String group = "";

    @BeforeEach
    void createTheFunction() {
        name = functions.python(SOURCE);
        group = "/aws/lambda/" + name;
    }

    @AfterEach
    void close() {
        logs.close();
    }

    /** Runs the function and returns the log stream that it names. */
    private String say(String to) {
        var answer =
                functions.invoke(name, "{\"name\":\"" + to + "\"}").payload().asUtf8String();
        return answer.substring(1, answer.length() - 1);
    }

    private List<FilteredLogEvent> filtered(String pattern) {
        return logs
                .filterLogEventsPaginator(request -> request.logGroupName(group).filterPattern(pattern))
                .events()
                .stream()
                .toList();
    }

    /** Until so many reports of invocations are there. */
    private void awaitReports(int count) {
        Waiting.until(PATIENCE, () -> isKnown() && filtered("REPORT").size() >= count);
    }

    private boolean isKnown() {
        return logs.describeLogGroups(request -> request.logGroupNamePrefix(group)).logGroups().stream()
                .anyMatch(found -> found.logGroupName().equals(group));
    }

    @Test
    void linesAreDescribedGotAndFilteredAndOutliveTheirFunction() {
        var stream = say("Ada");
        say("Grace");
        awaitReports(2);

        var described =
                logs.describeLogStreams(request -> request.logGroupName(group)).logStreams();
        assertThat(described).extracting(LogStream::logStreamName).containsExactly(stream);
        var got = logs
                .getLogEventsPaginator(request ->
                        request.logGroupName(group).logStreamName(stream).startFromHead(true))
                .events()
                .stream()
                .map(OutputLogEvent::message)
                .toList();
        assertThat(got.getFirst()).startsWith("INIT_START Runtime Version: python");
        assertThat(got.subList(1, 6))
                .satisfiesExactly(
                        line -> assertThat(line).matches("START RequestId: [-0-9a-f]{36} Version: \\$LATEST\n"),
                        line -> assertThat(line).isEqualTo("hello Ada\n"),
                        line -> assertThat(line).startsWith("{\"level\": \"INFO\", \"name\": \"Ada\""),
                        line -> assertThat(line).matches("END RequestId: [-0-9a-f]{36}\n"),
                        line -> assertThat(line)
                                .matches(
                                        "REPORT RequestId: [-0-9a-f]{36}\tDuration: [0-9]+\\.[0-9]{2} ms\tBilled Duration: [0-9]+ ms"
                                                + "\tMemory Size: 128 MB\tMax Memory Used: [0-9]+ MB\tInit Duration: [0-9]+\\.[0-9]{2} ms\t\n"));
        assertThat(got.subList(6, 11))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("START "),
                        line -> assertThat(line).isEqualTo("hello Grace\n"),
                        line -> assertThat(line).contains("Grace"),
                        line -> assertThat(line).startsWith("END "),
                        line -> assertThat(line).doesNotContain("Init Duration").endsWith(" MB\t\n"));
        assertThat(filtered("{ $.name = \"G*\" && $.size > 3 }")).hasSize(1);
        assertThat(filtered("hello -Ada")).extracting(FilteredLogEvent::message).containsExactly("hello Grace\n");

        lambda.deleteFunction(request -> request.functionName(name));
        assertThat(isKnown()).isTrue();
        assertThat(filtered("hello")).hasSize(2);
    }

    @Test
    void severalFunctionsShareALogGroup() {
        group = "shared/" + name;
        var other = functions.python(SOURCE, request -> request.loggingConfig(logging -> logging.logGroup(group)));
        lambda.updateFunctionConfiguration(
                request -> request.functionName(name).loggingConfig(logging -> logging.logGroup(group)));
        lambda.waiter().waitUntilFunctionUpdatedV2(request -> request.functionName(name));

        say("Ada");
        functions.invoke(other, "{\"name\":\"Grace\"}");
        awaitReports(2);

        assertThat(filtered("hello"))
                .extracting(FilteredLogEvent::message)
                .containsExactly("hello Ada\n", "hello Grace\n");
        assertThat(filtered("hello"))
                .extracting(FilteredLogEvent::logStreamName)
                .satisfiesExactly(
                        stream -> assertThat(stream).matches(streamOf(name)),
                        stream -> assertThat(stream).matches(streamOf(other)));
    }

    private static String streamOf(String function) {
        return "\\d{4}/\\d{2}/\\d{2}/" + Pattern.quote(function + "[$LATEST]") + "\\[[0-9a-f]{32}]";
    }

    @Test
    void theCommandLineDescribesGetsAndFilters(@TempDir Path directory) throws Exception {
        var aws = new AwsCli(RunningPlatform.shared().endpoint(), directory);
        var stream = say("Ada");
        say("Grace");
        awaitReports(2);

        var printed = aws.run("""
                aws logs describe-log-groups --log-group-name-prefix %1$s --query 'logGroups[].logGroupName' --output text
                aws logs describe-log-streams --log-group-name %1$s --order-by LastEventTime --descending \\
                    --query 'logStreams[].logStreamName' --output text
                aws logs get-log-events --log-group-name %1$s --log-stream-name '%2$s' --limit 1 --start-from-head \\
                    --query 'events[].message' --output text
                aws logs filter-log-events --log-group-name %1$s --filter-pattern '"hello" -Ada' \\
                    --query 'events[].message' --output text
                aws logs delete-log-group --log-group-name %1$s 2>&1 || true
                """.formatted(group, stream));

        assertThat(printed)
                .contains(group + "\n" + stream + "\nINIT_START Runtime Version: python")
                .contains("hello Grace")
                .doesNotContain("hello Ada")
                .contains("Kappa does not implement DeleteLogGroup");
    }

    @Test
    void theCommandLineFollows() throws Exception {
        var aws = AwsCli.ofVersionTwo();
        assumeTrue(aws.isPresent(), "no aws CLI of version 2 is installed, whose logs tail follows");
        say("Ada");
        awaitReports(1);

        var lines = new ConcurrentLinkedQueue<String>();
        var tail = AwsCli.process(
                        RunningPlatform.shared().endpoint(),
                        List.of(
                                aws.orElseThrow(),
                                "--endpoint-url", // Which the environment does not give to the older of them.
                                RunningPlatform.shared().endpoint().toString(),
                                "logs",
                                "tail",
                                group,
                                "--follow",
                                "--format",
                                "short",
                                "--since",
                                "10m"))
                .redirectErrorStream(true)
                .start();
        try {
            var _ = Thread.ofVirtual().start(() -> collect(tail.inputReader(StandardCharsets.UTF_8), lines));
            Waiting.until(PATIENCE, () -> count(lines, "hello Ada") == 1 && count(lines, "REPORT") == 1);

            say("Grace");

            Waiting.until(PATIENCE, () -> count(lines, "hello Grace") == 1 && count(lines, "REPORT") == 2);
            assertThat(count(lines, "hello Ada")).isEqualTo(1);
        } finally {
            tail.destroy();
            assertThat(tail.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    private static long count(Iterable<String> lines, String part) {
        long count = 0;
        for (var line : lines) {
            count += line.contains(part) ? 1 : 0;
        }
        return count;
    }

    private static void collect(BufferedReader from, ConcurrentLinkedQueue<String> lines) {
        try (from) {
            for (var line = from.readLine(); line != null; line = from.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            lines.add("not read to its end: " + e);
        }
    }
}
