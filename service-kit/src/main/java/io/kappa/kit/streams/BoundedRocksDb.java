package io.kappa.kit.streams;

import java.util.Map;
import org.apache.kafka.streams.state.RocksDBConfigSetter;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.CompressionType;
import org.rocksdb.IndexType;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.WriteBufferManager;

/**
 * Keeps what RocksDB takes beside the heap within bounds, whatever the number of entries, partitions and applications: one cache for all
 * stores of the process, from which write buffers, indexes and filters are taken as well. Kafka Streams makes one of these for each store.
 *
 * <p>The sizes are those that the index of dead letters needs, measured with 200,000 of them: with less, or with filters in one block, most
 * look-ups read a filter from disk. They are bounds: a store that has little takes little, such as the queue's, where most events end before
 * they are written.
 */
public final class BoundedRocksDb implements RocksDBConfigSetter {
    /** Everything that is in memory, write buffers included. */
    private static final long CACHE_BYTES = 64L * 1024 * 1024;

    /** Few parts of the cache, so that each has room for the larger blocks. */
    private static final int CACHE_SHARD_BITS = 2;

    /** The part of the cache that writes may take, of all stores together. */
    private static final long WRITE_BUFFER_BYTES = 16L * 1024 * 1024;

    private static final long ONE_WRITE_BUFFER_BYTES = 4L * 1024 * 1024;
    private static final int MOST_WRITE_BUFFERS = 2;

    /** What the stores share. Made when the first of them opens, and never closed: others may open later. */
    private static final class Shared {
        static final Cache CACHE = new LRUCache(CACHE_BYTES, CACHE_SHARD_BITS);
        static final WriteBufferManager WRITE_BUFFERS = new WriteBufferManager(WRITE_BUFFER_BYTES, CACHE);
        static final BloomFilter FILTER = new BloomFilter();
    }

    @Override
    public void setConfig(String storeName, Options options, Map<String, Object> configs) {
        var tables = (BlockBasedTableConfig) options.tableFormatConfig();
        tables.setBlockCache(Shared.CACHE);
        tables.setCacheIndexAndFilterBlocks(true);
        tables.setCacheIndexAndFilterBlocksWithHighPriority(true);
        // In parts: the filter of a large file as a whole would not fit the cache, and be read anew for every key.
        tables.setIndexType(IndexType.kTwoLevelIndexSearch);
        tables.setPartitionFilters(true);
        tables.setPinTopLevelIndexAndFilter(true);
        tables.setFilterPolicy(Shared.FILTER);
        options.setTableFormatConfig(tables);
        options.setWriteBufferManager(Shared.WRITE_BUFFERS);
        options.setWriteBufferSize(ONE_WRITE_BUFFER_BYTES);
        options.setMaxWriteBufferNumber(MOST_WRITE_BUFFERS);
        options.setCompressionType(CompressionType.LZ4_COMPRESSION); // Entries of one function are much alike.
    }

    @Override
    public void close(String storeName, Options options) {
        // What is shared stays.
    }
}
