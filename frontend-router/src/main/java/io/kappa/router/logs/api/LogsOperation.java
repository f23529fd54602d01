package io.kappa.router.logs.api;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Operations of CloudWatch Logs that are answered, or that are refused for a reason of their own. */
public enum LogsOperation {
    DESCRIBE_LOG_GROUPS("DescribeLogGroups"),
    DESCRIBE_LOG_STREAMS("DescribeLogStreams"),
    GET_LOG_EVENTS("GetLogEvents"),
    FILTER_LOG_EVENTS("FilterLogEvents"),
    CREATE_LOG_GROUP("CreateLogGroup"),
    CREATE_LOG_STREAM("CreateLogStream"),
    DELETE_LOG_GROUP("DeleteLogGroup"),
    DELETE_LOG_STREAM("DeleteLogStream"),
    PUT_LOG_EVENTS("PutLogEvents"),
    PUT_RETENTION_POLICY("PutRetentionPolicy"),
    DELETE_RETENTION_POLICY("DeleteRetentionPolicy");

    /** Stands before the operation's name in the header that names it. */
    public static final String PREFIX = "Logs_20140328.";

    private static final Map<String, LogsOperation> BY_TARGET = Arrays.stream(values())
            .collect(Collectors.toMap(operation -> PREFIX + operation.wireName, Function.identity()));

    private final String wireName;

    LogsOperation(String wireName) {
        this.wireName = wireName;
    }

    public String wireName() {
        return wireName;
    }

    /** @param target value of the header {@code X-Amz-Target} */
    public static Optional<LogsOperation> named(String target) {
        return Optional.ofNullable(BY_TARGET.get(target));
    }
}
