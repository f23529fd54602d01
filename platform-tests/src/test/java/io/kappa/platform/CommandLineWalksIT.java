package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import io.kappa.contracts.topic.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** Daily work with functions as it is done at a prompt, with the {@code aws} command and Kappa's own. */
class CommandLineWalksIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOGS = Topic.FUNCTIONS_LOGS.name("kappa");
    private static final String RETURNS = "def handler(event, context):\n    return '%s'\n";

    @TempDir
    private Path directory;

    private final RunningPlatform platform = RunningPlatform.shared();
    private final LambdaClient lambda = platform.lambda();
    private final Functions functions = new Functions(lambda);
    private AwsCli aws;

    @BeforeEach
    void findTheCommand() throws Exception {
        aws = new AwsCli(platform.endpoint(), directory);
    }

    /** Runs commands in which {@code NAME} stands for the function, and returns the lines that they print. */
    private List<String> run(String name, String script) throws Exception {
        return aws.run(script.replace("NAME", name)).lines().toList();
    }

    private void newCode(String source) throws IOException {
        Files.write(
                directory.resolve("new.zip"),
                DeploymentPackage.of("app.py", source).zip());
    }

    @Test
    void codeIsTriedInADryRunThenPublishedAndAwaited() throws Exception {
        var name = functions.python(RETURNS.formatted("old"));
        newCode(RETURNS.formatted("new"));

        assertThat(run(name, """
                        aws lambda update-function-code --function-name NAME --zip-file fileb://new.zip --dry-run \
                            --query Version --output text
                        aws lambda invoke --function-name NAME out --query StatusCode && cat out && echo
                        aws lambda update-function-code --function-name NAME --zip-file fileb://new.zip --publish \
                            --query FunctionArn --output text
                        aws lambda wait function-updated --function-name NAME
                        aws lambda invoke --function-name NAME --qualifier 1 out --query ExecutedVersion && cat out && echo
                        aws lambda list-versions-by-function --function-name NAME --page-size 1 \
                            --query 'Versions[].Version' --output text
                        """))
                .containsExactly(
                        "$LATEST",
                        "200",
                        "\"old\"",
                        "arn:aws:lambda:us-east-1:000000000000:function:" + name + ":1",
                        "\"1\"",
                        "\"new\"",
                        "$LATEST",
                        "1");
    }

    @Test
    void aNewVersionTakesAShareOfAnAliasAndIsTakenBack() throws Exception {
        var name = functions.python(RETURNS.formatted("old"));
        newCode(RETURNS.formatted("new"));

        run(name, """
                aws lambda publish-version --function-name NAME
                aws lambda create-alias --function-name NAME --name live --function-version 1
                aws lambda update-function-code --function-name NAME --zip-file fileb://new.zip --publish
                aws lambda wait function-active --function-name NAME:2
                aws lambda update-alias --function-name NAME --name live --routing-config 'AdditionalVersionWeights={2=0.5}'
                """);
        assertThat(executed(name, 60)).containsExactlyInAnyOrder("1", "2");

        run(
                name,
                "aws lambda update-alias --function-name NAME --name live --routing-config 'AdditionalVersionWeights={}'");
        assertThat(executed(name, 10)).containsExactly("1");
    }

    private Set<String> executed(String name, int invocations) {
        var versions = new HashSet<String>();
        for (int i = 0; i < invocations; i++) {
            versions.add(lambda.invoke(request -> request.functionName(name).qualifier("live"))
                    .executedVersion());
        }
        return versions;
    }

    @Test
    void aUrlKeepsACallersCookies() throws Exception {
        var name = functions.python("""
                def handler(event, context):
                    visits = int(dict(c.split('=') for c in event.get('cookies', [])).get('visits', 0)) + 1
                    return {'statusCode': 200, 'cookies': [f'visits={visits}; Path=/; HttpOnly', 'other=x; Path=/'],
                            'body': f'visit {visits}'}
                """);
        var url = run(name, """
                        aws lambda add-permission --function-name NAME --statement-id public --principal '*' \
                            --action lambda:InvokeFunctionUrl --function-url-auth-type NONE > added
                        aws lambda create-function-url-config --function-name NAME --auth-type NONE \
                            --query FunctionUrl --output text
                        """).getFirst();

        try (var browser =
                HttpClient.newBuilder().cookieHandler(new CookieManager()).build()) {
            assertThat(get(browser, url).body()).isEqualTo("visit 1");
            assertThat(get(browser, url).body()).isEqualTo("visit 2");
        }
    }

    @Test
    void aUrlStreamsWhereItIsToldTo() throws Exception {
        var name = functions.nodejs("""
                exports.handler = awslambda.streamifyResponse(async (event, stream) => {
                  stream.setContentType('text/plain');
                  for (const part of ['one ', 'two ', 'three']) stream.write(part);
                  stream.end();
                });
                """);
        var url = run(name, """
                        aws lambda create-function-url-config --function-name NAME --auth-type NONE \
                            --invoke-mode RESPONSE_STREAM --query FunctionUrl --output text
                        """).getFirst();

        try (var client = HttpClient.newHttpClient()) {
            var streamed = get(client, url);
            assertThat(streamed.body()).isEqualTo("one two three");
            assertThat(streamed.headers().firstValue("content-type")).hasValue("text/plain");
            assertThat(streamed.headers().firstValue("content-length")).isEmpty();
        }
    }

    private static HttpResponse<String> get(HttpClient client, String url) throws Exception {
        return client.send(HttpRequest.newBuilder(URI.create(url)).build(), BodyHandlers.ofString());
    }

    @Test
    void tagsAreSetChangedAndTakenOff() throws Exception {
        var name = functions.python(RETURNS.formatted("x"));

        assertThat(run(name, """
                        arn=$(aws lambda get-function --function-name NAME --query Configuration.FunctionArn --output text)
                        aws lambda tag-resource --resource $arn --tags team=red,stage=test
                        aws lambda tag-resource --resource $arn --tags team=blue
                        aws lambda untag-resource --resource $arn --tag-keys stage nothing
                        aws lambda list-tags --resource $arn --query Tags --output text
                        aws lambda get-function --function-name NAME --query Tags.team --output text
                        """)).containsExactly("blue", "blue");
    }

    @Test
    void changedVariablesReachTheFunctionOnceTheUpdateIsOver() throws Exception {
        var name = functions.python("""
                import os
                def handler(event, context):
                    return os.environ['GREETING'] + ' ' + str(context.get_remaining_time_in_millis() > 10000)
                """, request -> request.environment(e -> e.variables(Map.of("GREETING", "hello"))));

        assertThat(run(name, """
                        aws lambda update-function-configuration --function-name NAME --timeout 20 \
                            --environment 'Variables={GREETING=good-day}' --query LastUpdateStatus --output text
                        aws lambda wait function-updated --function-name NAME
                        aws lambda invoke --function-name NAME out --query StatusCode && cat out && echo
                        """)).containsExactly("InProgress", "200", "\"good-day True\"");
    }

    @Test
    void withNothingReservedAFunctionIsThrottledUntilThatIsTakenBack() throws Exception {
        var name = functions.python(RETURNS.formatted("x"));

        assertThat(run(name, """
                        aws lambda put-function-concurrency --function-name NAME --reserved-concurrent-executions 0 \
                            --query ReservedConcurrentExecutions
                        ! AWS_MAX_ATTEMPTS=1 aws lambda invoke --function-name NAME out 2> refused
                        grep -o '(TooManyRequestsException).*operation.*: Rate Exceeded.' refused
                        aws lambda delete-function-concurrency --function-name NAME
                        aws lambda invoke --function-name NAME out --query StatusCode
                        """))
                .satisfiesExactly(
                        reserved -> assertThat(reserved).isEqualTo("0"),
                        refused -> assertThat(refused).startsWith("(TooManyRequestsException)"),
                        status -> assertThat(status).isEqualTo("200"));
    }

    @Test
    void provisionedConcurrencyIsPutAwaitedListedAndDeleted() throws Exception {
        var name = functions.python(RETURNS.formatted("x"));

        assertThat(run(name, """
                        aws lambda publish-version --function-name NAME --query Version --output text
                        aws lambda put-provisioned-concurrency-config --function-name NAME --qualifier 1 \
                            --provisioned-concurrent-executions 1 --query Status --output text
                        for _ in $(seq 60); do
                            status=$(aws lambda get-provisioned-concurrency-config --function-name NAME --qualifier 1 \
                                --query Status --output text)
                            [ $status != READY ] || break
                        done
                        aws lambda list-provisioned-concurrency-configs --function-name NAME --output text --query \
                            'ProvisionedConcurrencyConfigs[].[Status,AvailableProvisionedConcurrentExecutions]'
                        aws lambda delete-provisioned-concurrency-config --function-name NAME --qualifier 1
                        """)).containsExactly("1", "IN_PROGRESS", "READY\t1");
    }

    @Test
    void permissionsAreGivenShownAndTakenBack() throws Exception {
        var name = functions.python(RETURNS.formatted("x"));

        assertThat(run(name, """
                        aws lambda add-permission --function-name NAME --statement-id bucket --action lambda:InvokeFunction \
                            --principal s3.amazonaws.com --source-arn arn:aws:s3:::b --source-account 000000000000 > added
                        aws lambda get-policy --function-name NAME --query Policy --output text
                        aws lambda remove-permission --function-name NAME --statement-id bucket
                        ! aws lambda get-policy --function-name NAME 2> refused
                        grep -o ResourceNotFoundException refused
                        """))
                .containsExactly(
                        "{\"Version\":\"2012-10-17\",\"Id\":\"default\",\"Statement\":[{\"Sid\":\"bucket\",\"Effect\":\"Allow\","
                                + "\"Principal\":{\"Service\":\"s3.amazonaws.com\"},\"Action\":\"lambda:InvokeFunction\","
                                + "\"Resource\":\"arn:aws:lambda:us-east-1:000000000000:function:" + name
                                + "\",\"Condition\":{\"StringEquals\":{\"AWS:SourceAccount\":\"000000000000\"},"
                                + "\"ArnLike\":{\"AWS:SourceArn\":\"arn:aws:s3:::b\"}}}]}",
                        "ResourceNotFoundException");
    }

    @Test
    void aMappingThatIsPausedGoesOnWhereItWas() throws Exception {
        var topic = Functions.newName("orders");
        var name = functions.python("""
                import base64
                def handler(event, context):
                    for shard in event['records'].values():
                        for record in shard:
                            print('%s has ' + base64.b64decode(record['value']).decode())
                """.formatted(topic));
        try (var admin = Admin.create(Map.of("bootstrap.servers", platform.kafkaBootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        var uuid = run(name, """
                        aws lambda create-event-source-mapping --function-name NAME --topics TOPIC \
                            --starting-position TRIM_HORIZON --source-access-configurations '[]' --query UUID --output text \
                            --self-managed-event-source '{"Endpoints":{"KAFKA_BOOTSTRAP_SERVERS":["BROKER"]}}'
                        """.replace("TOPIC", topic).replace("BROKER", platform.kafkaBootstrapServers()))
                .getFirst();
        produce(topic, "one");
        awaitPrinted(topic + " has one");

        assertThat(run(name, """
                        aws lambda update-event-source-mapping --uuid UUID --no-enabled --query State --output text
                        for _ in $(seq 60); do
                            state=$(aws lambda get-event-source-mapping --uuid UUID --query State --output text)
                            [ $state != Disabled ] || break
                        done
                        echo $state
                        """.replace("UUID", uuid))).containsExactly("Disabling", "Disabled");
        produce(topic, "two");
        assertThat(run(name, "aws lambda update-event-source-mapping --uuid " + uuid + " --enabled --query State"))
                .containsExactly("\"Enabling\"");
        awaitPrinted(topic + " has two");
        assertThat(printed().filter(line -> line.contains(topic + " has one"))).hasSize(1);
    }

    private void produce(String topic, String value) throws Exception {
        try (var producer = new KafkaProducer<>(
                Map.<String, Object>of("bootstrap.servers", platform.kafkaBootstrapServers(), "acks", "all"),
                new StringSerializer(),
                new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, "k", value)).get();
        }
    }

    @Test
    void whatFailedForGoodIsSentAgainOnceTheFunctionIsMended() throws Exception {
        var name = functions.python("""
                def handler(event, context):
                    raise ValueError('not yet')
                """);
        newCode("""
                def handler(event, context):
                    print('mended for ' + event['order'])
                """);
        run(name, """
                aws lambda put-function-event-invoke-config --function-name NAME --maximum-retry-attempts 0
                echo '{"order":"NAME"}' > event
                aws lambda invoke --function-name NAME --invocation-type Event --payload fileb://event out
                """);
        Waiting.until(PATIENCE, () -> deadLetters(name).contains("not yet"));

        run(name, """
                aws lambda update-function-code --function-name NAME --zip-file fileb://new.zip
                aws lambda wait function-updated --function-name NAME
                """);
        kappa("dead-letters", "redrive", "--function", name, "--wait");
        awaitPrinted("mended for " + name);
        assertThat(kappa("dead-letters", "list", "--function", name, "--status", "resolved"))
                .contains("not yet");
    }

    private String deadLetters(String name) {
        try {
            return platform.managementPage(
                    "/v1/dead-letters?function=arn:aws:lambda:us-east-1:000000000000:function:" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kappa's own command, which is to do what it is told. Returns what it prints. */
    private String kappa(String... arguments) throws Exception {
        var command = new ArrayList<>(RunningPlatform.command());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--management-url", "http://127.0.0.1:" + platform.managementPort()));
        var process = new ProcessBuilder(command).redirectErrorStream(true).start();
        var printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }

    private void awaitPrinted(String text) {
        new TopicContents(platform.kafkaBootstrapServers())
                .await(LOGS, PATIENCE, line -> new String(line.value(), StandardCharsets.UTF_8).contains(text));
    }

    /** What functions have printed. */
    private Stream<String> printed() {
        return new TopicContents(platform.kafkaBootstrapServers())
                .of(LOGS).stream().map(line -> new String(line.value(), StandardCharsets.UTF_8));
    }
}
