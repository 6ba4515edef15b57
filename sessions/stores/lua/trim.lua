-- A mark says which seq the log had reached when a turn ended; frames up to an old one may go.
local function trim(meta, log, now, keep, reached)
  local marks, gone, last = {}, 0, nil
  for at, seq in string.gmatch(redis.call('HGET', meta, 'marks') or '', '(%d+):(%d+);') do
    local ended = tonumber(at)
    if ended <= now - keep then
      gone = tonumber(seq)
    elseif ended <= now then
      marks[#marks + 1], last = at .. ':' .. seq .. ';', ended
    end
  end
  -- at most sixty: those of a log that is never at rest for long must grow old, too
  if not last or now - last >= keep / 60 then
    marks[#marks + 1] = string.format('%d:%s;', now, reached)
  end
  if gone > 0 then redis.call('XTRIM', log, 'MINID', string.format('%d-0', gone + 1)) end
  redis.call('HSET', meta, 'marks', table.concat(marks))
end
