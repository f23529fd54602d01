package io.kappa.standalone.demo;

import io.kappa.contracts.function.RuntimeFamily;
import io.kappa.contracts.function.RuntimeIdentifier;
import io.kappa.contracts.topic.Topic;
import io.kappa.kit.kafka.KafkaSettings;
import io.kappa.standalone.table.Table;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Deploys the examples and invokes each cold and warm, as any client of the Lambda API would, sends an event that fails for good redrives it
 * after a fix, has a Kafka topic read, and prints what comes of it. Functions that are there from an earlier run are updated.
 */
public final class Demo {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final String ROLE = "arn:aws:iam::000000000000:role/demo";

    private final URI endpoint;
    private final URI management;
    private final KafkaSettings kafka;
    private final Set<RuntimeIdentifier> runtimes;
    private final PrintStream out;

    /** @param runtimes that the machine can run functions with */
    public Demo(URI endpoint, URI management, KafkaSettings kafka, Set<RuntimeIdentifier> runtimes, PrintStream out) {
        this.endpoint = endpoint;
        this.management = management;
        this.kafka = kafka;
        this.runtimes = Set.copyOf(runtimes);
        this.out = out;
    }

    /** Runs once, from deployment to the commands to try next. */
    public void run() throws IOException, InterruptedException {
        try (var lambda = new LambdaClient(endpoint)) {
            var deployed = deploy(lambda);
            if (deployed.isEmpty()) {
                out.println("No example can run here: install Python 3 or Node.js, and start again.");
                return;
            }
            var last = invoke(lambda, deployed);
            showLog(last);
            if (deployed.contains(Example.ORDER_VALIDATOR)) {
                showFunctionError(lambda);
                new DeadLetterStory(lambda, management, Topic.INVOCATIONS_ENDED.name(kafka.topicPrefix()), out).tell();
            }
            if (deployed.contains(Example.BOOKKEEPER)) {
                new OrdersStory(lambda, management, kafka, out).tell();
            }
            showTopics();
            showWhatToTry(deployed.getFirst());
        }
    }

    private List<Example> deploy(LambdaClient lambda) throws IOException, InterruptedException {
        heading("Functions, deployed through the Lambda API");
        var deployed = new ArrayList<Example>();
        var table = new Table();
        for (var example : Example.values()) {
            var runtime = newestRuntime(example.family());
            if (runtime.isEmpty()) {
                table.row(example.function(), "left out: this machine has no runtime for " + example.path());
                continue;
            }
            var zip = example.zip();
            long start = System.nanoTime();
            deploy(lambda, example, runtime.get(), zip);
            table.row(
                    example.function(),
                    runtime.get().wireName(),
                    example.handler(),
                    zip.length + " bytes",
                    milliseconds(Duration.ofNanos(System.nanoTime() - start)),
                    example.path());
            deployed.add(example);
        }
        out.println(table.text());
        return deployed;
    }

    private static void deploy(LambdaClient lambda, Example example, RuntimeIdentifier runtime, byte[] zip)
            throws IOException, InterruptedException {
        var configuration = lambda.object()
                .put("Runtime", runtime.wireName())
                .put("Handler", example.handler())
                .put("MemorySize", 256)
                .put("Timeout", 10)
                .put("Description", "Kappa's demo: " + example.path());
        configuration.putObject("Environment").putObject("Variables");
        if (lambda.configuration(example.function()).isPresent()) {
            lambda.updateConfiguration(example.function(), configuration);
            settled(lambda, example);
            lambda.updateCode(example.function(), lambda.object().put("ZipFile", zip));
        } else {
            configuration.put("FunctionName", example.function()).put("Role", ROLE);
            configuration.putObject("Code").put("ZipFile", zip);
            lambda.create(configuration);
        }
        settled(lambda, example);
    }

    private Optional<RuntimeIdentifier> newestRuntime(RuntimeFamily family) {
        return runtimes.stream()
                .filter(identifier -> identifier.family() == family && identifier.supported())
                .max(Comparator.naturalOrder());
    }

    /** As {@code aws lambda wait function-updated-v2} does: asks until the last change is in effect. */
    static void settled(LambdaClient lambda, Example example) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            var configuration = lambda.configuration(example.function()).orElseThrow();
            if (configuration.path("State").asText().equals("Active")
                    && configuration.path("LastUpdateStatus").asText().equals("Successful")) {
                return;
            }
            Thread.sleep(BETWEEN_LOOKS);
        }
        throw new IOException(example.function() + " was not active after " + PATIENCE.toSeconds() + " s");
    }

    private Invocation invoke(LambdaClient lambda, List<Example> deployed) throws IOException, InterruptedException {
        heading("Each invoked twice: with no execution environment yet, and again in the one that is there now");
        var table = new Table().row("function", "", "init", "handler", "round trip", "memory", "answer");
        Optional<Invocation> last = Optional.empty();
        for (var example : deployed) {
            for (var start : List.of("cold", "warm")) {
                var invocation = lambda.invoke(example.function(), example.event());
                table.row(
                        start.equals("cold") ? example.function() : "",
                        start,
                        invocation.reported("Init Duration"),
                        invocation.reported("Duration"),
                        milliseconds(invocation.roundTrip()),
                        invocation.reported("Max Memory Used"),
                        invocation.functionError().map(error -> error + ": ").orElse("") + invocation.payload());
                last = Optional.of(invocation);
            }
        }
        out.println(table.text());
        return last.orElseThrow();
    }

    private void showLog(Invocation invocation) {
        heading("The log of the last one, as it came with the answer (X-Amz-Log-Type: Tail)");
        out.println(invocation.logTail().strip().indent(2));
    }

    private void showFunctionError(LambdaClient lambda) throws IOException, InterruptedException {
        heading("A function that fails: the status is 200, and X-Amz-Function-Error says what the payload is");
        var failed = lambda.invoke(Example.ORDER_VALIDATOR.function(), Example.IMPOSSIBLE_ORDER);
        out.println("  " + Example.ORDER_VALIDATOR.function() + " " + Example.IMPOSSIBLE_ORDER);
        out.println("  X-Amz-Function-Error: " + failed.functionError().orElse("-"));
        out.println(lambda.pretty(failed.payload()).indent(2));
    }

    private void showTopics() throws InterruptedException {
        heading("What is where, in Kafka at " + kafka.bootstrapServers());
        var sizes = TopicSizes.of(kafka);
        var table = new Table().row("topic", "records", "says");
        for (var topic : Topic.values()) {
            table.row(topic.name(kafka.topicPrefix()), Long.toString(sizes.getOrDefault(topic, 0L)), topic.says());
        }
        out.println(table.text());
    }

    private void showWhatToTry(Example example) {
        heading("Try next, in another terminal");
        out.println("""
                export AWS_ENDPOINT_URL=%1$s AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=any AWS_SECRET_ACCESS_KEY=any
                aws lambda list-functions --query 'Functions[].[FunctionName,Runtime,LastModified]' --output table
                echo '%3$s' | aws lambda invoke --function-name %2$s --payload fileb:///dev/stdin /dev/stdout
                curl -s %1$s/2015-03-31/functions/%2$s/invocations -d '%3$s'
                aws lambda list-event-source-mappings --query 'EventSourceMappings[].[UUID,State,Topics[0]]' --output table
                ./kappa queue list; ./kappa dead-letters list; ./kappa mappings list
                kcat -q -b %4$s -C -t %5$s -e
                kcat -q -b %4$s -C -t %6$s -e -f '%%k %%s\\n'
                kcat -q -b %4$s -C -t %7$s -e -f '%%k %%s\\n'
                """.formatted(
                        endpoint,
                        example.function(),
                        example.event(),
                        kafka.bootstrapServers(),
                        Topic.FUNCTIONS_LOGS.name(kafka.topicPrefix()),
                        Topic.REGISTRY_RECORDS.name(kafka.topicPrefix()),
                        Topic.INVOCATIONS_ENDED.name(kafka.topicPrefix()))
                .indent(2));
    }

    private void heading(String text) {
        out.println(text);
        out.println();
    }

    private static String milliseconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
