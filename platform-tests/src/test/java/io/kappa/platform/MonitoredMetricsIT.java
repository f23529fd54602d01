package io.kappa.platform;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.model.EndPointType;
import software.amazon.awssdk.services.lambda.model.EventSourcePosition;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;

/** A platform that has done a little of everything tells each metric that the dashboards and alerts in {@code deploy} ask for. */
class MonitoredMetricsIT {
    private static final Path CHART = Path.of("../deploy/helm/kappa");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern METRIC = Pattern.compile("\\b(?:kappa|jvm|process|system)_[a-z_]+");
    private static final Pattern TOLD = Pattern.compile("(?m)^([a-z_]+)[{ ]");

    /** Counted from the first time on that something goes wrong, or is redriven, which it does not here. */
    private static final Set<String> SELDOM = Set.of(
            "kappa_async_dead_letter_errors_total",
            "kappa_async_destination_delivery_failures_total",
            "kappa_mapping_on_failure_destination_delivery_error_count_total",
            "kappa_redrives_outcomes_total");

    private final RunningPlatform platform = RunningPlatform.shared();

    @Test
    void everyMetricOfTheDashboardsAndAlertsIsTold() throws Exception {
        // given
        var lambda = platform.lambda();
        var function = new Functions(lambda).python("def handler(event, context):\n    raise ValueError('no')\n");
        lambda.putFunctionEventInvokeConfig(
                request -> request.functionName(function).maximumRetryAttempts(0));
        new Functions(lambda).invoke(function, "{}");
        lambda.invoke(request -> request.functionName(function)
                .invocationType(InvocationType.EVENT)
                .payload(SdkBytes.fromUtf8String("{}")));
        map(function);
        Waiting.until(PATIENCE, () -> told().contains("kappa_dead_letters_open"));
        throttle(function);
        // then
        Waiting.until(PATIENCE, () -> missing().isEmpty());
    }

    private void map(String function) throws Exception {
        var topic = Functions.newName("watched");
        try (var admin = Admin.create(Map.of("bootstrap.servers", platform.kafkaBootstrapServers()))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        platform.lambda()
                .createEventSourceMapping(request -> request.functionName(function)
                        .topics(topic)
                        .sourceAccessConfigurations(List.of())
                        .startingPosition(EventSourcePosition.TRIM_HORIZON)
                        .selfManagedEventSource(source -> source.endpoints(Map.of(
                                EndPointType.KAFKA_BOOTSTRAP_SERVERS, List.of(platform.kafkaBootstrapServers())))));
        Waiting.until(PATIENCE, () -> told().contains("kappa_mapping_offset_lag"));
    }

    private void throttle(String function) {
        var lambda = platform.lambda();
        lambda.putFunctionConcurrency(request -> request.functionName(function).reservedConcurrentExecutions(0));
        try {
            new Functions(lambda).invoke(function, "{}");
        } catch (TooManyRequestsException e) {
            assertThat(e.reasonAsString()).isEqualTo("ReservedFunctionConcurrentInvocationLimitExceeded");
        }
    }

    private Set<String> told() {
        var names = new TreeSet<String>();
        try {
            TOLD.matcher(platform.managementPage("/metrics")).results().forEach(match -> names.add(match.group(1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return names;
    }

    private Set<String> missing() {
        var missing = asked();
        missing.removeAll(told());
        missing.removeAll(SELDOM);
        return missing;
    }

    private static Set<String> asked() {
        var names = new TreeSet<String>();
        try (Stream<Path> files = Files.walk(CHART)) {
            for (var file : files.filter(
                            file -> file.toString().matches(".*/dashboards/.*\\.json|.*/files/rules\\.yaml"))
                    .toList()) {
                Files.readString(file)
                        .lines()
                        .filter(line -> !line.contains("\"uid\"") && !line.contains("runbook"))
                        .forEach(line -> METRIC.matcher(line).results().forEach(match -> names.add(match.group())));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(names).hasSizeGreaterThan(50);
        return names;
    }
}
