-- generic cell rate algorithm on buckets of one slot: all of them pay, or none
-- KEYS buckets; ARGV of each: interval_us burst cost; a negative cost gives back
-- returns the wait, then the backlog of each bucket, in microseconds
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
local wait, backlogs, pays = 0, {}, {}
for i, key in ipairs(KEYS) do
  local interval, burst, cost = unpack(ARGV, 3 * i - 2, 3 * i)
  local most = interval * burst
  local backlog = (tonumber(redis.call('GET', key)) or 0) - now
  -- more than a full bucket was never used: the server's clock went back
  backlogs[i] = math.min(math.max(backlog, 0), most)
  pays[i] = interval * cost
  wait = math.max(wait, backlogs[i] + pays[i] - most)
end
if wait <= 0 then
  for i, key in ipairs(KEYS) do
    backlogs[i] = math.max(backlogs[i] + pays[i], 0)
    local ms = math.ceil(backlogs[i] / 1000)
    if ms > 0 then
      redis.call('SET', key, string.format('%.0f', now + backlogs[i]), 'PX', ms)
    else
      redis.call('DEL', key)
    end
  end
end
return {wait, unpack(backlogs)}
