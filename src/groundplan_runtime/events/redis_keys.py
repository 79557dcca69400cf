"""How events lie in Redis, and the one place where they are put there.

ev:{shard}:<channel>   stream of one channel, entry id <seq>-0: Redis itself refuses duplicates and disorder
live:{shard}           stream of everything that was new, in the order it came: what gateways tail
fence:{shard}          the highest fence that ever wrote: a relay that lost its lease is refused

The braces keep a shard's keys on one node of a cluster.
"""

from typing import Any

import redis.asyncio as redis_client
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from groundplan_runtime.events.frame import Frame

__all__ = ["CARRY", "FENCED", "Redis", "channel_key", "connect", "fence_key", "fields", "frame_from", "live_key"]

FENCED = "FENCED"

CHANNEL_MOST = 10_000
LIVE_MOST = 20_000

# An id that Redis refuses is either ours from an attempt whose answer was lost (same event id: nothing to do), or a leftover of
# a past that the database no longer knows (another event id, or none): then the stream begins anew. It does so too when the event
# does not follow the stream's last one: after an older dump of Redis the end is missing, or belongs to a past that is gone, and
# what comes after it must not make that look whole.
CARRY = """
local fence, channel_most, live_most = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local held = tonumber(redis.call('GET', KEYS[2]) or '0')
if fence < held then return redis.error_reply('FENCED by ' .. held) end
if fence > held then redis.call('SET', KEYS[2], ARGV[1]) end
local carried = 0
for i = 3, #KEYS do
  local at = 4 + (i - 3) * 9
  local place = ARGV[at] .. '-0'
  local function put()
    return redis.pcall('XADD', KEYS[i], 'MAXLEN', '~', channel_most, place, 'channel', ARGV[at + 1], 'epoch', ARGV[at + 2],
                       'id', ARGV[at + 3], 'text', ARGV[at + 4], 'parked', ARGV[at + 5], 'at', ARGV[at + 7], 'origin', ARGV[at + 8])
  end
  local last = redis.pcall('XREVRANGE', KEYS[i], '+', '-', 'COUNT', 1)
  if not last.err and last[1] then
    local top, follows = tonumber(string.match(last[1][1], '^%d+')), false
    for f = 1, #last[1][2], 2 do
      local same = last[1][2][f] == 'id' and (last[1][2][f + 1] == ARGV[at + 6] or ARGV[at + 6] == '')
      follows = follows or (same and top + 1 == tonumber(ARGV[at]))
    end
    if top < tonumber(ARGV[at]) and not follows then redis.call('DEL', KEYS[i]) end
  end
  local added = put()
  local known = false
  if type(added) == 'table' and added.err then
    if not string.find(added.err, 'equal or smaller') then return added end
    for _, entry in ipairs(redis.call('XRANGE', KEYS[i], place, place)) do
      for f = 1, #entry[2], 2 do
        if entry[2][f] == 'id' and entry[2][f + 1] == ARGV[at + 3] then known = true end
      end
    end
    if not known then
      redis.call('DEL', KEYS[i])
      added = put()
      if type(added) == 'table' and added.err then return added end
    end
  end
  if not known then
    redis.call('XADD', KEYS[1], 'MAXLEN', '~', live_most, '*', 'channel', ARGV[at + 1], 'epoch', ARGV[at + 2], 'seq', ARGV[at],
               'id', ARGV[at + 3], 'text', ARGV[at + 4], 'parked', ARGV[at + 5], 'at', ARGV[at + 7], 'origin', ARGV[at + 8])
    carried = carried + 1
  end
end
return carried
"""


def connect(url: str) -> Redis:
    """Give a client for ``redis://``, ``rediss://``, ``valkey://``, ``valkeys://`` or ``unix://``. Nothing is opened yet."""
    scheme, separator, rest = url.partition("://")
    address = {"valkey": "redis", "valkeys": "rediss"}.get(scheme, scheme) + separator + rest
    never = Retry(NoBackoff(), 0)  # a silent retry would hide that the server is another one than before
    return redis_client.from_url(address, decode_responses=True, socket_connect_timeout=2, socket_timeout=5, retry=never)


def channel_key(shard: int, channel: str) -> str:
    """Give the key of a channel's stream."""
    return f"ev:{{{shard}}}:{channel}"


def live_key(shard: int) -> str:
    """Give the key of the stream that gateways tail."""
    return f"live:{{{shard}}}"


def fence_key(shard: int) -> str:
    """Give the key of the highest fence."""
    return f"fence:{{{shard}}}"


def fields(frame: Frame, before: str) -> list[str | int]:
    """Give the arguments of CARRY for one frame. before: id of the event that it follows, empty when nobody knows."""
    told: list[str | int] = [frame.seq, frame.channel, frame.epoch, frame.id, frame.text, int(frame.parked), before]
    return [*told, frame.at, frame.origin or ""]


def frame_from(entry: dict[str, Any], seq: int) -> Frame:
    """Give the frame of a stream's entry."""
    text = entry["text"]
    size, parked = len(text.encode()), entry["parked"] == "1"
    at, origin = entry.get("at", ""), entry.get("origin") or None  # a relay of an earlier version writes neither
    return Frame(entry["channel"], entry["epoch"], seq, entry["id"], text, size, parked, at, origin)
