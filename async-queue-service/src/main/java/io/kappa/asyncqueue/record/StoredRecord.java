package io.kappa.asyncqueue.record;

import java.util.Map;

/**
 * A record of Kafka as it is kept: headers by name, and the value, empty where there is none.
 *
 * @param timestamp epoch milliseconds
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and a copy of a megabyte would serve nobody.
public record StoredRecord(Map<String, byte[]> headers, byte[] value, long timestamp) {

    /** About how much memory it takes. */
    int bytes() {
        int bytes = 200 + value.length;
        for (var header : headers.entrySet()) {
            bytes += 100 + header.getKey().length() + header.getValue().length;
        }
        return bytes;
    }
}
