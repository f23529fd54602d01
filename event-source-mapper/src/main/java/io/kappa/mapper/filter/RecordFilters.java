package io.kappa.mapper.filter;

import io.kappa.contracts.registry.EventSourceMappingRecord;
import io.kappa.mapper.event.EventForms;
import java.util.List;

/**
 * Makes a mapping's patterns a filter. A record matches if it matches one pattern, and that if it matches all its fields. Patterns see the
 * data of a record under a key that depends on the source, and what else its function would see:
 *
 * <pre>
 *   source     data     of                 patterns for the data   data that are not UTF-8
 *   Kafka      value    the value          text or object          what is asked of them does not count
 *              key      the key
 *   Kinesis    data     the value          object                  drop the record
 *   DynamoDB   dynamodb the stream record  object                  drop the record
 *   SQS        body     the value          text or object          count, with replacement characters
 * </pre>
 *
 * A pattern for text, such as {@code {"body":["a"]}}, drops data that are JSON, and a pattern for an object drops data that are not; one
 * without any is matched against the rest alone. Records of DynamoDB that are none count as text. A Kafka record without key or value has
 * no such field.
 *
 * <p>What patterns mean is left to AWS's event-ruler, which differs from what Lambda's documentation says in these points. Numbers are equal
 * by value: 300 matches 300.0 and 3.0e2, where Lambda is said to compare their digits. Integers beyond 64 bits match as they are written and
 * compare with nothing. Beside Lambda's operators there are {@code wildcard}, {@code cidr} and lists in {@code anything-but}. A pattern may
 * name a nested field by its path, {@code {"body.a":[1]}}. The role, which Kinesis shows as {@code invokeIdentityArn}, is empty here.
 *
 * @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html">Control which events Lambda sends</a>
 */
public final class RecordFilters {
    private RecordFilters() {}

    /** @throws IllegalArgumentException where a pattern is not one with which a mapping could have been created */
    public static RecordFilter of(EventSourceMappingRecord mapping) {
        var patterns = mapping.options().filters();
        return patterns.isEmpty()
                ? RecordFilter.EVERYTHING
                : new PatternFilter(
                        new FilteredSource(mapping.source(), EventForms.of(mapping, List.of(), "")), patterns);
    }
}
