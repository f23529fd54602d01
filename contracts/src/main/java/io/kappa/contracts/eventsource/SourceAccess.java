package io.kappa.contracts.eventsource;

/**
 * How a mapping authenticates: one of Lambda's {@code SourceAccessConfigurations}.
 *
 * @param type as the API names it, such as {@code SASL_SCRAM_512_AUTH}
 * @param uri ARN of a secret, or of whatever else the type asks for
 */
public record SourceAccess(String type, String uri) {}
