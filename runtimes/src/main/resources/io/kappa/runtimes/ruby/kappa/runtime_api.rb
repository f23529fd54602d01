# frozen_string_literal: true

require 'socket'

module Kappa
  # HTTP to the Runtime API over one socket kept alive; net/http would cost a multiple, at the start and at each event.
  class RuntimeApi
    # The platform has ended or is broken, so that this process has nothing to live for.
    class Gone < StandardError; end

    # The headers of an answer, with names in lower case, and its bytes.
    Answer = Struct.new(:status, :headers, :body) do
      def json?
        headers.fetch('content-type', 'application/json').split(';').first.strip == 'application/json'
      end
    end

    BASE = '/2018-06-01/runtime/'

    def initialize(address)
      @address = address
      host, port = address.split(':')
      @socket = TCPSocket.new(host, port.to_i)
      @socket.setsockopt(Socket::IPPROTO_TCP, Socket::TCP_NODELAY, 1)
      @next = "GET #{BASE}invocation/next HTTP/1.1\r\nHost: #{address}\r\n\r\n"
    rescue SystemCallError => e
      raise Gone, e.message
    end

    # Waits, however long, for the next event.
    def next
      answer = exchange(@next)
      raise Gone, "the Runtime API answered #{answer.status} to next" unless answer.status == 200

      answer
    end

    # Waits, however long, to be told which function this is for: the variables, as /proc shows those of a process.
    def assignment
      answer = exchange("GET /kappa/assignment HTTP/1.1\r\nHost: #{@address}\r\n\r\n")
      raise Gone, "the Runtime API answered #{answer.status} to the question for an assignment" unless answer.status == 200

      answer.body
    end

    def respond(request_id, body, content_type)
      post("invocation/#{request_id}/response", body, "Content-Type: #{content_type}\r\n")
    end

    def fail(request_id, body, category)
      post("invocation/#{request_id}/error", body, error_headers(category))
    end

    def fail_init(body, category)
      post('init/error', body, error_headers(category))
    end

    private

    def error_headers(category)
      "Content-Type: application/json\r\nLambda-Runtime-Function-Error-Type: #{category}\r\n"
    end

    def post(path, body, headers)
      head = "POST #{BASE}#{path} HTTP/1.1\r\nHost: #{@address}\r\n#{headers}Content-Length: #{body.bytesize}\r\n\r\n"
      answer = exchange(head.b << body.b)
      # A refused answer (too large, too late) is the platform's to tell its caller; the next event is still ours.
      raise Gone, "the Runtime API answered #{answer.status}" if answer.status >= 500
    end

    def exchange(request)
      @socket.write(request)
      status = line.split(' ', 3)[1].to_i
      headers = {}
      until (header = line).empty?
        name, value = header.split(':', 2)
        headers[name.downcase] = value.strip
      end
      body = headers['transfer-encoding'] == 'chunked' ? read_chunks : read(headers['content-length'].to_i)
      Answer.new(status, headers, body.force_encoding(Encoding::UTF_8))
    rescue SystemCallError, IOError => e
      raise Gone, e.message
    end

    def line
      @socket.gets("\r\n", chomp: true) or raise Gone, 'the Runtime API has closed the connection'
    end

    def read(length)
      bytes = @socket.read(length)
      raise Gone, 'the Runtime API has closed the connection' if bytes.nil? || bytes.bytesize < length

      bytes
    end

    def read_chunks
      body = +''.b
      until (length = line.to_i(16)).zero?
        body << read(length)
        line
      end
      nil until line.empty?
      body
    end
  end
end
