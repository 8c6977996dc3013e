# wrapper.pl NAME [ARGUMENT...]: has the bridge that runs do what the tool NAME was asked for, and says and ends as it did; NAME `bridge`
# is `bridge tell MEMBER TEXT`. Node takes ten
# times as long to start. Whatever is not as it should be before the call is sent, or is none of the daemon's to do, Node does. What was
# sent is never sent again. Perl without modules: they take longer to load than all of this. Linux alone has the facts by which the
# daemon judges who calls; the numbers here are of Linux.
use strict;

my ($name, @words) = @ARGV;
my $is_tell = $name eq 'bridge';
my @program = $is_tell ? 'main.js' : ('wrapper.js', $name);
$program[0] = $0 =~ s{[^/]*$}{../dist/cli/$program[0]}r;
# tested against bridge/server/protocol-version.ts
my $protocol = 6;
my $helloLimit = 4;

sub node { exec 'node', @program, @words or die "$name: node: $!\n" }

# a person is shown it in colour
node() if $is_tell && (-t STDOUT || -t STDERR);

my $namespace = readlink '/proc/self/ns/pid';
my $home = $ENV{BRIDGE_HOME} || (($ENV{HOME} || '') . '/.bridge');
my $path = "$home/bridge.sock";
my $folder = readlink '/proc/self/cwd';
node() unless $namespace && $folder && $home =~ m{^/} && length $path <= 100;

# as bridge/server/socket-path.ts: a socket of our own, in a folder of our own that nobody else may write to
my @socket = lstat $path;
node() unless @socket && ($socket[2] & 0170000) == 0140000 && $socket[4] == $>;
my @place = lstat $home;
node() unless @place && $place[4] == $> && !($place[2] & 022);

$SIG{PIPE} = 'IGNORE';
# AF_UNIX; SOCK_STREAM and SOCK_NONBLOCK: a bridge that takes no calls is not waited for
socket my $bridge, 1, 1 | 04000, 0 or node();
connect $bridge, pack('S a*', 1, $path) or node();

my $read = '';
say_all("{\"id\":0,\"verb\":\"ping\"}\n") or node();
my $hello = line($helloLimit);
node() unless defined $hello && $hello =~ /^\{"id":0,"ok":\{.*"protocol":$protocol[,}]/;

# the same message, however often it is asked for: where the bridge goes away before it answers, Node asks again
splice @words, 1, 0, '--idempotency-key', sprintf '%08x-%08x-%08x', time, $$, rand 2**32 if $is_tell;

my %meant = map { $_ => $ENV{$_} }
  grep { /^(?:AGENT_COMMS_\w+|BRIDGE_(?:HOME|TOKEN)|HOME|TMUX\w*)$/ } keys %ENV;
my $call = '{"id":1,"verb":"wrapper","protocol":' . $protocol . ',"args":{"name":' . json($name)
  . ',"argv":[' . join(',', map { json($_) } @words) . '],"cwd":' . json($folder)
  . ',"env":{' . join(',', map { json($_) . ':' . json($meant{$_}) } sort keys %meant)
  . '},"pid":' . $$ . ',"pidNamespace":' . json($namespace) . "}}\n";
# no part of a line is acted on
say_all($call) or node();

my $reply = line(undef);
node() if defined $reply && $reply =~ /^\{"id":1,"(?:fault"|ok":\{"elsewhere")/;
node() if $is_tell && !defined $reply;
if (!defined $reply || $reply !~ /^\{"id":1,"ok":\{"exitCode":(\d+),"said":"([0-9a-f oe]*)"\}\}$/) {
  print STDERR "$name: the bridge went away before it answered: what was asked may have been done, and is not done again; `bridge log` shows it\n";
  exit 3;
}
my ($code, $said) = ($1, $2);
$| = 1;
binmode STDOUT;
for (split / /, $said) {
  my $text = pack 'H*', substr $_, 1;
  if (/^o/) { print STDOUT $text or last } else { print STDERR $text }
}
exit $code;

# false where it could not all be said
sub say_all {
  my ($text) = @_;
  while (length $text) {
    my $count = syswrite $bridge, $text;
    if (defined $count) { substr $text, 0, $count, ''; next }
    return 0 unless is_passing();
    my $ready = '';
    vec($ready, fileno $bridge, 1) = 1;
    select undef, $ready, undef, 1;
  }
  return 1;
}

# undef where none came within so many seconds, or will come
sub line {
  my ($limit) = @_;
  my $end = defined $limit ? time + $limit : undef;
  my $at;
  until (($at = index $read, "\n") >= 0) {
    my $ready = '';
    vec($ready, fileno $bridge, 1) = 1;
    my $left = defined $end ? $end - time : undef;
    return undef if defined $left && $left <= 0;
    next unless select($ready, undef, undef, $left) > 0;
    my $count = sysread $bridge, $read, 65536, length $read;
    return undef if defined $count && $count == 0;
    return undef unless defined $count || is_passing();
  }
  my $line = substr $read, 0, $at;
  substr $read, 0, $at + 1, '';
  return $line;
}

# EAGAIN, EINTR
sub is_passing { $! == 11 || $! == 4 }

sub json {
  my ($text) = @_;
  $text =~ s/([\x00-\x1f"\\])/sprintf '\\u%04x', ord $1/ge;
  return "\"$text\"";
}
