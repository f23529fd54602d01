package io.kappa.router.logs.api;

import io.kappa.router.api.function.Home;
import io.kappa.router.api.operation.ApiAnswer;
import io.kappa.router.api.operation.BodyStream;
import io.kappa.router.api.operation.JsonProtocol;
import io.kappa.router.api.shape.Input;
import io.kappa.router.api.shape.InputReader;
import io.kappa.router.api.shape.Shape.Structure;
import io.kappa.router.logs.index.LogStreams;
import io.kappa.router.logs.reading.LogLines;
import io.kappa.router.logs.reading.LogReaders;
import io.kappa.router.logs.reading.LogsUnavailableException;
import io.kappa.router.refusal.ErrorCode;
import io.kappa.router.refusal.LambdaApiException;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Answers the operations of CloudWatch Logs that read. Called on virtual threads, so it may wait for lines. */
public final class LogsApi {
    /** Most bytes of a request. The longest that means anything is shorter by far. */
    public static final int LONGEST_BODY = 256 * 1024;

    private final DescribedGroups groups;
    private final DescribedStreams described;
    private final LogEvents events;
    private final Supplier<Optional<String>> problem;

    /**
     * @param retentionDays for how long lines are kept; empty where that is not known, or for ever
     * @param problem why {@code streams} are not to be relied on, if so
     */
    public LogsApi(
            Home home,
            LogStreams streams,
            LogLines lines,
            Supplier<OptionalInt> retentionDays,
            Supplier<Optional<String>> problem) {
        var arns = new LogArns(home);
        this.groups = new DescribedGroups(arns, streams, retentionDays);
        this.described = new DescribedStreams(arns, streams);
        this.events = new LogEvents(arns, streams, lines);
        this.problem = problem;
    }

    /** @throws LambdaApiException to refuse; anything else that is thrown is a defect */
    public ApiAnswer answer(LogsOperation operation, Buffer body) throws InterruptedException {
        try {
            return JsonProtocol.answer(
                    switch (operation) {
                        case DESCRIBE_LOG_GROUPS -> groups.describe(read(LogsShapes.DESCRIBE_GROUPS, body));
                        case DESCRIBE_LOG_STREAMS -> described.describe(read(LogsShapes.DESCRIBE_STREAMS, body));
                        case GET_LOG_EVENTS -> events.get(read(LogsShapes.GET_EVENTS, body));
                        case FILTER_LOG_EVENTS -> events.filter(read(LogsShapes.FILTER_EVENTS, body));
                        case CREATE_LOG_GROUP, CREATE_LOG_STREAM, PUT_LOG_EVENTS ->
                            throw refused(
                                    operation,
                                    "only functions write lines, and their groups and streams come with them");
                        case DELETE_LOG_GROUP, DELETE_LOG_STREAM, PUT_RETENTION_POLICY, DELETE_RETENTION_POLICY ->
                            throw refused(
                                    operation, "lines of all groups stay for as long as their Kafka topic keeps them");
                    });
        } catch (LogReaders.BusyException e) {
            throw new LambdaApiException(ErrorCode.TOO_MANY_REQUESTS, "Rate exceeded");
        } catch (LogsUnavailableException e) {
            throw unavailable(Objects.requireNonNull(e.getMessage()));
        }
    }

    private Input read(Structure shape, Buffer body) {
        var input = InputReader.read(shape, Map.of(), BodyStream.of(body));
        problem.get().ifPresent(why -> {
            throw unavailable(why);
        });
        return input;
    }

    private static LambdaApiException unavailable(String why) {
        return new LambdaApiException(ErrorCode.SERVICE_UNAVAILABLE, "The service is unavailable: " + why);
    }

    private static LambdaApiException refused(LogsOperation operation, String why) {
        return new LambdaApiException(
                ErrorCode.NOT_BUILT, "Kappa does not implement " + operation.wireName() + ": " + why);
    }

    /** Of something that is no operation, or none that is answered or refused by name. */
    public static LambdaApiException unknown(String target) {
        return new LambdaApiException(
                ErrorCode.UNKNOWN_OPERATION,
                "Kappa serves DescribeLogGroups, DescribeLogStreams, GetLogEvents and FilterLogEvents of CloudWatch Logs, and not "
                        + target.substring(LogsOperation.PREFIX.length()));
    }
}
