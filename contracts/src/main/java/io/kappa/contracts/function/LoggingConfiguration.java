package io.kappa.contracts.function;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;

/**
 * How a function's lines are written and where they belong.
 *
 * @param format {@code Text} or {@code JSON}
 * @param applicationLevel least level of the function's own lines, set only with JSON
 * @param systemLevel least level of the platform's lines, set only with JSON
 * @param logGroup name of the group, {@code /aws/lambda/NAME} unless set
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record LoggingConfiguration(
        String format,
        @Nullable String applicationLevel,
        @Nullable String systemLevel,
        String logGroup) {}
