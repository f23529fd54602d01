package io.kappa.kit.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.common.header.Headers;

/** Headers of Kafka's records as maps, which is how contracts know them: they know no Kafka. */
public final class RecordHeaders {

    /** By name; of several with one name, the last. A header without a value is left out. */
    public static Map<String, byte[]> asMap(Headers headers) {
        var map = new HashMap<String, byte[]>();
        for (var header : headers) {
            if (header.value() != null) {
                map.put(header.key(), header.value());
            }
        }
        return map;
    }

    public static Headers of(Map<String, byte[]> map) {
        var headers = new org.apache.kafka.common.header.internals.RecordHeaders();
        map.forEach(headers::add);
        return headers;
    }

    private RecordHeaders() {}
}
